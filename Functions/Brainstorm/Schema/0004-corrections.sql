-- Transactions that an admin adds, changes or deletes by hand.
--
-- A correction may be made whether or not the market is open, and has no fee of its own; one that
-- is changed keeps its fee. Cash moves by what the correction is worth. A holding and its average
-- cost are told anew from all its transactions, so that they are as if these had always been so.
-- The triggers on the tables audit it.

-- What a transaction does to its participant's cash.
CREATE FUNCTION app.cash_effect(t transactions) RETURNS numeric LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN t.status <> 'completed' THEN 0
        WHEN t.type = 'buy' THEN -t.total - t.fee
        ELSE t.total - t.fee END;

-- Tells a holding anew from its transactions, in the order in which they were carried out.
CREATE FUNCTION app.retell_holding(wanted_participant uuid, wanted_company uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    trade record;
    shares bigint := 0;
    cost numeric := 0;
BEGIN
    FOR trade IN
        SELECT t.type, t.quantity, t.total, t.ticker, t.display_name FROM trades t
        WHERE t.participant_id = wanted_participant AND t.company_id = wanted_company
            AND t.status = 'completed'
        ORDER BY t.number
    LOOP
        IF trade.type = 'buy' THEN
            cost := (shares * cost + trade.total) / (shares + trade.quantity);
            shares := shares + trade.quantity;
        ELSE
            shares := shares - trade.quantity;
        END IF;
        IF shares < 0 THEN
            PERFORM app.refuse(409, 'insufficient-shares', format(
                'With this correction a sale of %s by %s exceeds the shares held by %s.',
                trade.ticker, coalesce(trade.display_name, 'the participant'), -shares));
        END IF;
    END LOOP;
    INSERT INTO holdings AS h (participant_id, company_id, quantity, avg_cost)
    VALUES (wanted_participant, wanted_company, shares, cost)
    ON CONFLICT (participant_id, company_id)
        DO UPDATE SET quantity = excluded.quantity, avg_cost = excluded.avg_cost;
END $$;
REVOKE EXECUTE ON FUNCTION app.retell_holding FROM PUBLIC;

-- Makes cash and holdings agree again after an admin put one transaction (or none) in the place
-- of another (or none).
CREATE FUNCTION app.settle(old_trade transactions, new_trade transactions)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    owner record;
BEGIN
    PERFORM app.retell_holding(touched.participant_id, touched.company_id)
    FROM (SELECT old_trade.participant_id, old_trade.company_id
        UNION SELECT new_trade.participant_id, new_trade.company_id) AS touched
    WHERE touched.participant_id IS NOT NULL;
    FOR owner IN
        SELECT p.id, p.display_name, p.cash_balance, sum(effect.cash) AS change
        FROM (VALUES (old_trade.participant_id, -app.cash_effect(old_trade)),
            (new_trade.participant_id, app.cash_effect(new_trade))) AS effect (participant_id, cash)
        JOIN participants p ON p.id = effect.participant_id
        GROUP BY p.id
    LOOP
        IF owner.cash_balance + owner.change < 0 THEN
            PERFORM app.refuse(409, 'insufficient-cash', format(
                'The correction takes %s from %s, who has %s.',
                round(-owner.change, 2), coalesce(owner.display_name, 'the participant'),
                round(owner.cash_balance, 2)));
        END IF;
        UPDATE participants p SET
            cash_balance = p.cash_balance + owner.change,
            portfolio_value = o.portfolio_value + owner.change, updated_at = app.time()
        FROM portfolios o
        WHERE p.id = owner.id AND o.participant_id = owner.id;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION app.settle FROM PUBLIC;

-- Locks those whose cash and shares a correction changes, in one order for all corrections, and a
-- company that a transaction is to refer to; null for what it does not change.
CREATE FUNCTION app.begin_correction(old_owner uuid, new_owner uuid, new_company uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM participants p WHERE p.id IN (old_owner, new_owner) ORDER BY p.id FOR UPDATE;
    IF NOT EXISTS (SELECT FROM participants p WHERE p.id = new_owner) AND new_owner IS NOT NULL THEN
        PERFORM app.refuse(404, 'not-found', format('No participant has the id %s.', new_owner));
    END IF;
    PERFORM FROM companies c WHERE c.id = new_company FOR SHARE;
    IF NOT FOUND AND new_company IS NOT NULL THEN
        PERFORM app.refuse(404, 'not-found', format('No company has the id %s.', new_company));
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION app.begin_correction FROM PUBLIC;

-- Adds a transaction; without a price, at the company's present one.
CREATE FUNCTION add_transaction(
    new_participant uuid, new_company uuid, new_type text, new_quantity integer, new_price numeric
) RETURNS SETOF trades
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    company companies;
    new_trade transactions;
BEGIN
    PERFORM app.require_admin();
    PERFORM app.begin_correction(NULL, new_participant, new_company);
    SELECT c.* INTO company FROM companies c WHERE c.id = new_company;
    IF coalesce(new_price, company.current_price) IS NULL THEN
        PERFORM app.refuse(409, 'no-price', format(
            '%s has no price yet; say at which price it was traded.', company.ticker));
    END IF;
    INSERT INTO transactions AS t (
        participant_id, company_id, type, quantity, price, market_day, created_at)
    VALUES (
        new_participant, new_company, new_type, new_quantity,
        coalesce(new_price, company.current_price), (SELECT max(d.day) FROM market_days d),
        app.time())
    RETURNING t.* INTO new_trade;
    PERFORM app.settle(NULL, new_trade);
    RETURN QUERY SELECT t.* FROM trades t WHERE t.id = new_trade.id;
END $$;

-- Changes a transaction; null keeps what is. No row where there is no such transaction.
CREATE FUNCTION change_transaction(
    wanted uuid, new_participant uuid, new_company uuid, new_type text, new_quantity integer,
    new_price numeric
) RETURNS SETOF trades
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_trade transactions;
    new_trade transactions;
BEGIN
    PERFORM app.require_admin();
    SELECT t.* INTO old_trade FROM transactions t WHERE t.id = wanted FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM app.begin_correction(old_trade.participant_id, new_participant, new_company);
    UPDATE transactions t SET
        participant_id = coalesce(new_participant, t.participant_id),
        company_id = coalesce(new_company, t.company_id),
        type = coalesce(new_type, t.type), quantity = coalesce(new_quantity, t.quantity),
        price = coalesce(new_price, t.price),
        -- A key is its participant's own.
        idempotency_key = CASE WHEN t.participant_id = coalesce(new_participant, t.participant_id)
            THEN t.idempotency_key END
    WHERE t.id = wanted
    RETURNING t.* INTO new_trade;
    PERFORM app.settle(old_trade, new_trade);
    RETURN QUERY SELECT t.* FROM trades t WHERE t.id = wanted;
END $$;

-- Deletes a transaction, and gives its id; null where there is no such transaction.
CREATE FUNCTION delete_transaction(wanted uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_trade transactions;
BEGIN
    PERFORM app.require_admin();
    SELECT t.* INTO old_trade FROM transactions t WHERE t.id = wanted FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM app.begin_correction(old_trade.participant_id, NULL, NULL);
    DELETE FROM transactions t WHERE t.id = wanted;
    PERFORM app.settle(old_trade, NULL);
    RETURN wanted;
END $$;
