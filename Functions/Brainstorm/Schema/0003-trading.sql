-- Participants, what they hold, and what they traded.

CREATE TABLE participants (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL CONSTRAINT participants_user_id_key UNIQUE
        REFERENCES users (id) ON DELETE CASCADE,
    display_name text,
    team_name text,
    school text,
    starting_balance numeric NOT NULL DEFAULT 1000000
        CONSTRAINT participants_starting_balance_check CHECK (starting_balance >= 0),
    cash_balance numeric NOT NULL DEFAULT 1000000
        CONSTRAINT participants_cash_balance_check CHECK (cash_balance >= 0),
    -- As of the last order or the last daily close; the view portfolios has the live value.
    portfolio_value numeric DEFAULT 0,
    days integer NOT NULL DEFAULT 0,
    brokers integer NOT NULL DEFAULT 0,
    settings jsonb NOT NULL DEFAULT '{}',
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE holdings (
    participant_id uuid NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    company_id uuid NOT NULL CONSTRAINT holdings_company_id_fkey REFERENCES companies (id),
    quantity integer NOT NULL CONSTRAINT holdings_quantity_check CHECK (quantity >= 0),
    avg_cost numeric NOT NULL,
    PRIMARY KEY (participant_id, company_id)
);

CREATE TABLE transactions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    participant_id uuid NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    company_id uuid NOT NULL CONSTRAINT transactions_company_id_fkey REFERENCES companies (id),
    type text NOT NULL CONSTRAINT transactions_type_check CHECK (type IN ('buy', 'sell')),
    quantity integer NOT NULL CONSTRAINT transactions_quantity_check CHECK (quantity > 0),
    price numeric NOT NULL CONSTRAINT transactions_price_check CHECK (price > 0),
    total numeric GENERATED ALWAYS AS (quantity * price) STORED,
    fee numeric NOT NULL DEFAULT 0 CONSTRAINT transactions_fee_check CHECK (fee >= 0),
    status text NOT NULL DEFAULT 'completed'
        CONSTRAINT transactions_status_check CHECK (status IN ('pending', 'completed', 'failed')),
    idempotency_key text,
    market_day integer REFERENCES market_days (day),
    -- In which order they were carried out; two may have the same time.
    number bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz DEFAULT now(),
    CONSTRAINT transactions_idempotency_key UNIQUE (participant_id, idempotency_key)
);
CREATE INDEX transactions_participant_id ON transactions (participant_id, created_at DESC);
CREATE INDEX transactions_company_id ON transactions (company_id);

CREATE TABLE news_purchases (
    participant_id uuid NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    news_id uuid NOT NULL REFERENCES news (id) ON DELETE CASCADE,
    price numeric NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT news_purchases_pkey PRIMARY KEY (participant_id, news_id)
);

CREATE TABLE portfolio_snapshots (
    participant_id uuid NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    day date NOT NULL,
    value numeric NOT NULL,
    PRIMARY KEY (participant_id, day)
);

ALTER TABLE participants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE holdings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE transactions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE news_purchases ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE portfolio_snapshots ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY owner ON participants TO brainstorm_owner USING (true);
CREATE POLICY owner ON holdings TO brainstorm_owner USING (true);
CREATE POLICY owner ON transactions TO brainstorm_owner USING (true);
CREATE POLICY owner ON news_purchases TO brainstorm_owner USING (true);
CREATE POLICY owner ON portfolio_snapshots TO brainstorm_owner USING (true);

CREATE POLICY own ON participants FOR SELECT TO brainstorm_function
    USING (user_id = (SELECT app.user_id()));
CREATE POLICY own ON holdings FOR SELECT TO brainstorm_function
    USING (participant_id = (SELECT app.participant_id()));
CREATE POLICY own ON transactions FOR SELECT TO brainstorm_function
    USING (participant_id = (SELECT app.participant_id()));
CREATE POLICY own ON news_purchases FOR SELECT TO brainstorm_function
    USING (participant_id = (SELECT app.participant_id()));
CREATE POLICY own ON portfolio_snapshots FOR SELECT TO brainstorm_function
    USING (participant_id = (SELECT app.participant_id()));

CREATE POLICY admin ON participants FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
CREATE POLICY admin ON holdings FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
CREATE POLICY admin ON transactions FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
CREATE POLICY admin ON news_purchases FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
CREATE POLICY admin ON portfolio_snapshots FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));

-- All of these change only through the functions below.
GRANT SELECT ON participants, holdings, transactions, news_purchases, portfolio_snapshots
    TO brainstorm_function;

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON participants
    FOR EACH ROW WHEN (app.is_admin()) EXECUTE FUNCTION app.audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON transactions
    FOR EACH ROW WHEN (app.is_admin()) EXECUTE FUNCTION app.audit();

-- Transactions with the names of what was traded and by whom. The caller's own row-level security
-- applies: an admin sees all, a participant his own.
CREATE VIEW trades WITH (security_invoker = true) AS
SELECT
    t.id, t.participant_id, p.display_name, t.company_id, c.ticker, t.type, t.quantity, t.price,
    t.total, t.fee, t.status, t.market_day, t.number, t.created_at
FROM transactions t
JOIN companies c ON c.id = t.company_id
JOIN participants p ON p.id = t.participant_id;
GRANT SELECT ON trades TO brainstorm_function;

-- What each participant has now. The caller's own row-level security applies.
CREATE VIEW portfolios WITH (security_invoker = true) AS
SELECT
    p.id AS participant_id, p.cash_balance AS cash, p.starting_balance,
    coalesce(sum(h.quantity * c.current_price), 0) AS market_value,
    p.cash_balance + coalesce(sum(h.quantity * c.current_price), 0) AS portfolio_value
FROM participants p
LEFT JOIN holdings h ON h.participant_id = p.id
LEFT JOIN companies c ON c.id = h.company_id
GROUP BY p.id;

-- The ranking, which everybody who is signed in may see: a view with its owner's rights, of names
-- and values and nothing else.
CREATE VIEW leaderboard AS
SELECT
    rank() OVER (ORDER BY o.portfolio_value DESC) AS rank,
    o.participant_id, p.display_name, o.portfolio_value,
    CASE WHEN o.starting_balance > 0
        THEN round((o.portfolio_value / o.starting_balance - 1) * 100, 2) ELSE 0
    END AS return_percent
FROM (
    SELECT
        p.id AS participant_id, p.starting_balance,
        p.cash_balance + coalesce(sum(h.quantity * c.current_price), 0) AS portfolio_value
    FROM participants p
    LEFT JOIN holdings h ON h.participant_id = p.id
    LEFT JOIN companies c ON c.id = h.company_id
    WHERE p.active
    GROUP BY p.id
) o
JOIN participants p ON p.id = o.participant_id
WHERE app.user_id() IS NOT NULL;

-- News as its reader may see it: what is paid for and not bought has no content.
CREATE VIEW readable_news WITH (security_invoker = true) AS
SELECT
    n.id, n.title, n.type, n.price, n.published_at,
    n.type = 'free' OR b.news_id IS NOT NULL OR app.is_admin() AS readable,
    CASE WHEN n.type = 'free' OR b.news_id IS NOT NULL OR app.is_admin() THEN n.content END
        AS content
FROM news n
LEFT JOIN news_purchases b ON b.news_id = n.id AND b.participant_id = app.participant_id()
WHERE n.published_at <= app.time();

-- The caller's shares, most valuable first, as one JSON array.
CREATE VIEW own_holdings WITH (security_invoker = true) AS
SELECT jsonb_agg(
    jsonb_build_object(
        'companyId', h.company_id, 'ticker', c.ticker, 'quantity', h.quantity,
        'avgCost', round(h.avg_cost, 2), 'currentPrice', c.current_price,
        'marketValue', h.quantity * coalesce(c.current_price, 0),
        'unrealizedPnl', round(h.quantity * (coalesce(c.current_price, 0) - h.avg_cost), 2))
    ORDER BY h.quantity * coalesce(c.current_price, 0) DESC, c.ticker) AS holdings
FROM holdings h
JOIN companies c ON c.id = h.company_id
WHERE h.participant_id = app.participant_id() AND h.quantity > 0;

GRANT SELECT ON portfolios, own_holdings, leaderboard, readable_news TO brainstorm_function;

-- Buys or sells shares at the company's present price, for the participant of the request.
--
-- The participant's row is locked first, then the holding's: orders of one participant stand in
-- line, so that no balance is spent twice. The price is read under a lock that keeps it from
-- changing before the order is done. A repeated idempotency key gives the first order again.
CREATE FUNCTION place_order(
    wanted_company uuid, wanted_type text, wanted_quantity integer, wanted_key text
) RETURNS TABLE (
    id uuid, company_id uuid, ticker text, type text, quantity integer, price numeric,
    total numeric, fee numeric, status text, market_day integer, created_at timestamptz,
    cash numeric, held integer, avg_cost numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    buyer participants;
    company companies;
    rules market;
    holding holdings;
    earlier transactions;
    open_day integer;
    order_total numeric;
    order_fee numeric;
BEGIN
    SELECT p.* INTO buyer FROM participants p WHERE p.id = app.participant_id() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM app.refuse(404, 'not-found', 'You have no participant''s profile, so you cannot trade.');
    END IF;

    SELECT t.* INTO earlier FROM transactions t
    WHERE t.participant_id = buyer.id AND t.idempotency_key = wanted_key;
    IF FOUND THEN
        IF (earlier.company_id, earlier.type, earlier.quantity)
            IS DISTINCT FROM (wanted_company, wanted_type, wanted_quantity)
        THEN
            PERFORM app.refuse(409, 'idempotency-key-reused',
                'This Idempotency-Key was used for another order; use a new one.');
        END IF;
        RETURN QUERY SELECT * FROM app.order_result(earlier.id);
        RETURN;
    END IF;

    INSERT INTO holdings AS h (participant_id, company_id, quantity, avg_cost)
    SELECT buyer.id, c.id, 0, 0 FROM companies c WHERE c.id = wanted_company AND c.active
    ON CONFLICT DO NOTHING;
    SELECT h.* INTO holding FROM holdings h
    WHERE h.participant_id = buyer.id AND h.company_id = wanted_company FOR UPDATE;

    SELECT m.* INTO rules FROM market m;
    SELECT d.day INTO open_day FROM market_days d WHERE d.closed_at IS NULL;
    IF open_day IS NULL OR NOT rules.trading_enabled THEN
        PERFORM app.refuse(409, 'market-closed', 'The market is closed; trade when it opens.');
    END IF;
    IF NOT buyer.active THEN
        PERFORM app.refuse(403, 'inactive', 'Your account is deactivated, so you cannot trade.');
    END IF;
    IF wanted_quantity > rules.max_order_quantity THEN
        PERFORM app.refuse(400, 'order-too-large', format(
            'An order may have at most %s shares; this one has %s.',
            rules.max_order_quantity, wanted_quantity));
    END IF;

    SELECT c.* INTO company FROM companies c WHERE c.id = wanted_company AND c.active FOR SHARE;
    IF NOT FOUND THEN
        PERFORM app.refuse(404, 'not-found', format('No company has the id %s.', wanted_company));
    END IF;
    IF company.current_price IS NULL THEN
        PERFORM app.refuse(409, 'no-price', format(
            '%s has no price yet, so it cannot be traded.', company.ticker));
    END IF;

    order_total := wanted_quantity * company.current_price;
    order_fee := round(order_total * rules.broker_fee_percent / 100, 2);
    IF wanted_type = 'buy' AND buyer.cash_balance < order_total + order_fee THEN
        PERFORM app.refuse(402, 'insufficient-cash', format(
            'The order costs %s with its fee, and you have %s.',
            round(order_total + order_fee, 2), round(buyer.cash_balance, 2)));
    END IF;
    IF wanted_type = 'sell' AND holding.quantity < wanted_quantity THEN
        PERFORM app.refuse(409, 'insufficient-shares', format(
            'You hold %s shares of %s, and cannot sell %s.',
            holding.quantity, company.ticker, wanted_quantity));
    END IF;

    INSERT INTO transactions AS t (
        participant_id, company_id, type, quantity, price, fee, idempotency_key, market_day,
        created_at)
    VALUES (
        buyer.id, company.id, wanted_type, wanted_quantity, company.current_price, order_fee,
        wanted_key, open_day, app.time())
    RETURNING t.* INTO earlier;
    UPDATE holdings h SET
        quantity = h.quantity + CASE wanted_type WHEN 'buy' THEN wanted_quantity ELSE -wanted_quantity END,
        avg_cost = CASE wanted_type
            WHEN 'buy' THEN (h.quantity * h.avg_cost + order_total) / (h.quantity + wanted_quantity)
            ELSE h.avg_cost
        END
    WHERE h.participant_id = buyer.id AND h.company_id = company.id;
    UPDATE participants p SET
        cash_balance = p.cash_balance - order_fee
            + CASE wanted_type WHEN 'buy' THEN -order_total ELSE order_total END,
        updated_at = app.time()
    WHERE p.id = buyer.id;
    UPDATE participants p SET portfolio_value = o.portfolio_value
    FROM portfolios o WHERE p.id = buyer.id AND o.participant_id = buyer.id;
    PERFORM app.emit('order.filled', 'transaction', earlier.id, jsonb_build_object(
        'participantId', buyer.id, 'ticker', company.ticker, 'type', wanted_type,
        'quantity', wanted_quantity, 'price', round(company.current_price, 2)::text));
    RETURN QUERY SELECT * FROM app.order_result(earlier.id);
END $$;

-- An order with its buyer's cash and holding as they are now.
CREATE FUNCTION app.order_result(wanted uuid)
RETURNS TABLE (
    id uuid, company_id uuid, ticker text, type text, quantity integer, price numeric,
    total numeric, fee numeric, status text, market_day integer, created_at timestamptz,
    cash numeric, held integer, avg_cost numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id, t.company_id, c.ticker, t.type, t.quantity, t.price, t.total, t.fee, t.status,
        t.market_day, t.created_at, p.cash_balance, h.quantity, round(h.avg_cost, 2)
    FROM transactions t
    JOIN companies c ON c.id = t.company_id
    JOIN participants p ON p.id = t.participant_id
    JOIN holdings h ON h.participant_id = t.participant_id AND h.company_id = t.company_id
    WHERE t.id = wanted;
$$;
REVOKE EXECUTE ON FUNCTION app.order_result FROM PUBLIC;

-- Buys a paid article for the participant of the request.
CREATE FUNCTION purchase_news(wanted_news uuid)
RETURNS TABLE (news_id uuid, price numeric, cash numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    buyer participants;
    article news;
BEGIN
    SELECT p.* INTO buyer FROM participants p WHERE p.id = app.participant_id() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM app.refuse(404, 'not-found', 'You have no participant''s profile, so you cannot buy.');
    END IF;
    SELECT n.* INTO article FROM news n
    WHERE n.id = wanted_news AND n.published_at <= app.time() FOR SHARE;
    IF NOT FOUND THEN
        PERFORM app.refuse(404, 'not-found', format('No news has the id %s.', wanted_news));
    END IF;
    IF article.type = 'free' THEN
        PERFORM app.refuse(409, 'free-news', 'This article is free; read it.');
    END IF;
    IF EXISTS (SELECT FROM news_purchases b
        WHERE b.participant_id = buyer.id AND b.news_id = article.id)
    THEN
        PERFORM app.refuse(409, 'already-bought', 'You have bought this article; read it.');
    END IF;
    IF buyer.cash_balance < article.price THEN
        PERFORM app.refuse(402, 'insufficient-cash', format(
            'The article costs %s, and you have %s.',
            round(article.price, 2), round(buyer.cash_balance, 2)));
    END IF;
    INSERT INTO news_purchases (participant_id, news_id, price, created_at)
    VALUES (buyer.id, article.id, article.price, app.time());
    RETURN QUERY
        UPDATE participants p
        SET cash_balance = p.cash_balance - article.price, updated_at = app.time()
        WHERE p.id = buyer.id
        RETURNING article.id, article.price, p.cash_balance;
END $$;
