-- What is traded and read: companies with their prices, news, and the market itself.

CREATE TABLE companies (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    ticker text NOT NULL CONSTRAINT companies_ticker_key UNIQUE
        CONSTRAINT companies_ticker_check CHECK (ticker ~ '^[A-Z0-9.]{1,10}$'),
    description text,
    financials jsonb,
    location text,
    current_price numeric CONSTRAINT companies_current_price_check CHECK (current_price > 0),
    previous_price numeric CONSTRAINT companies_previous_price_check CHECK (previous_price > 0),
    market_cap numeric CONSTRAINT companies_market_cap_check CHECK (market_cap >= 0),
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE price_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id uuid NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    price numeric NOT NULL CONSTRAINT price_history_price_check CHECK (price > 0),
    changed_by uuid REFERENCES users (id) ON DELETE SET NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX price_history_company_id_at ON price_history (company_id, at);

CREATE TABLE news (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    title text NOT NULL,
    content text NOT NULL,
    type text NOT NULL DEFAULT 'free' CONSTRAINT news_type_check CHECK (type IN ('free', 'paid')),
    price numeric NOT NULL DEFAULT 0 CONSTRAINT news_price_check CHECK (price >= 0),
    published_at timestamptz DEFAULT now(),
    -- When others were told that it is published; they are told once.
    announced_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT news_free_check CHECK (type = 'paid' OR price = 0)
);
CREATE INDEX news_published_at ON news (published_at DESC);

-- The one row of the market's settings.
CREATE TABLE market (
    id boolean PRIMARY KEY DEFAULT true CONSTRAINT market_one_row CHECK (id),
    trading_enabled boolean NOT NULL DEFAULT true,
    broker_fee_percent numeric NOT NULL DEFAULT 0
        CONSTRAINT market_broker_fee_percent_check CHECK (broker_fee_percent BETWEEN 0 AND 100),
    max_order_quantity integer NOT NULL DEFAULT 1000000
        CONSTRAINT market_max_order_quantity_check CHECK (max_order_quantity > 0),
    timezone text NOT NULL DEFAULT 'Asia/Jakarta'
);
INSERT INTO market DEFAULT VALUES;

CREATE TABLE market_days (
    day integer PRIMARY KEY CONSTRAINT market_days_day_check CHECK (day > 0),
    opened_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz,
    closed_at timestamptz,
    opened_by uuid REFERENCES users (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX market_days_one_open ON market_days ((true)) WHERE closed_at IS NULL;

ALTER TABLE companies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE price_history ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE news ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE market ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE market_days ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY owner ON companies TO brainstorm_owner USING (true);
CREATE POLICY owner ON price_history TO brainstorm_owner USING (true);
CREATE POLICY owner ON news TO brainstorm_owner USING (true);
CREATE POLICY owner ON market TO brainstorm_owner USING (true);
CREATE POLICY owner ON market_days TO brainstorm_owner USING (true);

CREATE POLICY signed_in ON companies FOR SELECT TO brainstorm_function
    USING ((SELECT app.user_id()) IS NOT NULL);
CREATE POLICY signed_in ON price_history FOR SELECT TO brainstorm_function
    USING ((SELECT app.user_id()) IS NOT NULL);
CREATE POLICY signed_in ON news FOR SELECT TO brainstorm_function
    USING ((SELECT app.user_id()) IS NOT NULL AND published_at <= (SELECT app.time()));
CREATE POLICY signed_in ON market FOR SELECT TO brainstorm_function
    USING ((SELECT app.user_id()) IS NOT NULL);
CREATE POLICY signed_in ON market_days FOR SELECT TO brainstorm_function
    USING ((SELECT app.user_id()) IS NOT NULL);

CREATE POLICY admin ON companies TO brainstorm_function USING ((SELECT app.is_admin()));
CREATE POLICY admin ON news TO brainstorm_function USING ((SELECT app.is_admin()));
CREATE POLICY admin ON market TO brainstorm_function USING ((SELECT app.is_admin()));
CREATE POLICY admin ON market_days TO brainstorm_function USING ((SELECT app.is_admin()));

GRANT SELECT, INSERT, UPDATE, DELETE ON companies, news TO brainstorm_function;
GRANT SELECT ON price_history TO brainstorm_function;
GRANT SELECT, UPDATE ON market TO brainstorm_function;
GRANT SELECT, INSERT, UPDATE ON market_days TO brainstorm_function;

-- Facts for other programs, written in the transaction of the change itself.
CREATE TABLE outbox_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);
CREATE INDEX outbox_events_unpublished ON outbox_events (id) WHERE published_at IS NULL;

-- Who changed what by hand.
CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor uuid,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid,
    before jsonb,
    after jsonb,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_log_at ON audit_log (at);

ALTER TABLE outbox_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON outbox_events TO brainstorm_owner USING (true);
CREATE POLICY owner ON audit_log TO brainstorm_owner USING (true);
CREATE POLICY admin ON outbox_events FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
CREATE POLICY admin ON audit_log FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
GRANT SELECT ON outbox_events, audit_log TO brainstorm_function;

CREATE FUNCTION app.emit(event text, aggregate text, aggregate_id uuid, payload jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO outbox_events (type, aggregate_type, aggregate_id, payload, created_at)
    VALUES (event, aggregate, aggregate_id, payload, app.time());
$$;
-- Only what the owner's functions do may make events.
REVOKE EXECUTE ON FUNCTION app.emit FROM PUBLIC;

-- Records what an admin changes. A password's hash is left out.
CREATE FUNCTION app.audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'password_hash' END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'password_hash' END;
BEGIN
    INSERT INTO audit_log (actor, action, subject_type, subject_id, before, after, at)
    VALUES (
        app.user_id(), lower(TG_OP), TG_TABLE_NAME, (coalesce(new_row, old_row) ->> 'id')::uuid,
        old_row, new_row, app.time());
    RETURN NULL;
END $$;

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON news
    FOR EACH ROW WHEN (app.is_admin()) EXECUTE FUNCTION app.audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON companies
    FOR EACH ROW WHEN (app.is_admin()) EXECUTE FUNCTION app.audit();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW WHEN (app.is_admin()) EXECUTE FUNCTION app.audit();

-- A new price moves the old one aside, and is added to the history.
CREATE FUNCTION app.keep_previous_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.current_price IS DISTINCT FROM OLD.current_price
        AND NEW.previous_price IS NOT DISTINCT FROM OLD.previous_price
    THEN
        NEW.previous_price := OLD.current_price;
    END IF;
    NEW.version := OLD.version + 1;
    NEW.updated_at := app.time();
    RETURN NEW;
END $$;
CREATE TRIGGER keep_previous_price BEFORE UPDATE ON companies
    FOR EACH ROW EXECUTE FUNCTION app.keep_previous_price();

CREATE FUNCTION app.record_price() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_price numeric := CASE WHEN TG_OP = 'UPDATE' THEN OLD.current_price END;
BEGIN
    IF NEW.current_price IS NOT DISTINCT FROM old_price THEN
        RETURN NULL;
    END IF;
    IF NEW.current_price IS NOT NULL THEN
        INSERT INTO price_history (company_id, price, changed_by, at)
        VALUES (NEW.id, NEW.current_price, app.user_id(), app.time());
    END IF;
    PERFORM app.emit('price.changed', 'company', NEW.id, jsonb_build_object(
        'ticker', NEW.ticker, 'price', round(NEW.current_price, 2)::text,
        'previous', round(old_price, 2)::text));
    RETURN NULL;
END $$;
CREATE TRIGGER record_price AFTER INSERT OR UPDATE ON companies
    FOR EACH ROW EXECUTE FUNCTION app.record_price();

-- Tells of an article when it is written, or changed, after its time has come. One whose time comes
-- later is told of by whoever changes it then.
CREATE FUNCTION app.announce_news() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.announced_at := app.time();
    PERFORM app.emit('news.published', 'news', NEW.id, jsonb_build_object(
        'id', NEW.id, 'title', NEW.title, 'type', NEW.type));
    RETURN NEW;
END $$;
CREATE TRIGGER announce BEFORE INSERT OR UPDATE ON news
    FOR EACH ROW WHEN (NEW.announced_at IS NULL AND NEW.published_at <= app.time())
    EXECUTE FUNCTION app.announce_news();
