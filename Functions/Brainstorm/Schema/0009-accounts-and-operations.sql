-- What users change of their own accounts, and what admins need to run the game.

ALTER TABLE users ADD COLUMN image text;
GRANT SELECT (image) ON users TO brainstorm_function;

-- A user as he sees himself.
CREATE FUNCTION app.profile(u users) RETURNS jsonb LANGUAGE sql IMMUTABLE
    RETURN jsonb_build_object(
        'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'emailVerified', false,
        'image', u.image, 'createdAt', u.created_at, 'updatedAt', u.updated_at);

-- As in 0001, and with the user's image.
CREATE OR REPLACE FUNCTION current_session(wanted_token_hash text, at timestamptz)
RETURNS TABLE (answer jsonb, lifetime integer, renewed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    is_due boolean;
BEGIN
    DELETE FROM sessions s WHERE s.token_hash = wanted_token_hash AND s.expires_at <= at;
    UPDATE sessions s SET expires_at = at + make_interval(secs => s.lifetime), updated_at = at
    WHERE s.token_hash = wanted_token_hash AND s.updated_at <= at - interval '1 day';
    is_due := FOUND;
    RETURN QUERY
        SELECT jsonb_build_object(
                'session', jsonb_build_object(
                    'id', s.id, 'userId', s.user_id, 'expiresAt', s.expires_at,
                    'createdAt', s.created_at, 'updatedAt', s.updated_at,
                    'ipAddress', s.ip_address, 'userAgent', s.user_agent),
                'user', app.profile(u)),
            s.lifetime, is_due
        FROM sessions s
        JOIN users u ON u.id = s.user_id
        WHERE s.token_hash = wanted_token_hash AND u.active;
END $$;

-- The hash of the caller's password, which is about to be checked: the attempt counts as one to sign
-- in, so that who has found a browser open cannot guess on.
CREATE FUNCTION start_password_change(address text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    account users;
BEGIN
    SELECT u.* INTO account FROM users u WHERE u.id = app.user_id();
    PERFORM app.count_attempt(account.email, address, app.time());
    RETURN account.password_hash;
END $$;

-- What every new password brings with it: the user's other sessions end, so do tokens to set it anew,
-- guesses at the old one are forgiven, and it is audited.
CREATE FUNCTION app.set_password(
    account users, new_password_hash text, kept_token_hash text, deed text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE users u SET password_hash = new_password_hash, updated_at = app.time()
    WHERE u.id = account.id;
    DELETE FROM sessions s
    WHERE s.user_id = account.id AND s.token_hash IS DISTINCT FROM kept_token_hash;
    DELETE FROM password_resets r WHERE r.user_id = account.id;
    DELETE FROM sign_in_attempts a WHERE a.key = 'account:' || account.email;
    INSERT INTO audit_log (actor, action, subject_type, subject_id, at)
    VALUES (app.user_id(), deed, 'users', account.id, app.time());
END $$;
REVOKE EXECUTE ON FUNCTION app.set_password FROM PUBLIC;

-- Gives the caller, whose old password was right, a new one; the session that he uses stays. Gives his
-- id.
CREATE FUNCTION finish_password_change(
    new_password_hash text, kept_token_hash text, address text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    account users;
BEGIN
    SELECT u.* INTO account FROM users u WHERE u.id = app.user_id() FOR UPDATE;
    PERFORM app.set_password(account, new_password_hash, kept_token_hash, 'change-password');
    UPDATE sign_in_attempts a SET failures = a.failures - 1
    WHERE a.key = 'address:' || address AND a.failures > 0;
    RETURN account.id;
END $$;

-- Gives a participant a password that an admin hands him, and his user's id; null where there is no
-- such participant.
CREATE FUNCTION reset_participant_password(wanted uuid, new_password_hash text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    account users;
BEGIN
    PERFORM app.require_admin();
    SELECT u.* INTO account
    FROM users u JOIN participants p ON p.user_id = u.id
    WHERE p.id = wanted
    FOR UPDATE OF u;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM app.set_password(account, new_password_hash, NULL, 'reset-password');
    RETURN account.id;
END $$;

-- Changes what the caller is called, and his image; null keeps what is, and no text takes the image
-- away. Gives his profile.
CREATE FUNCTION update_profile(new_name text, new_image text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    account users;
BEGIN
    UPDATE users u SET
        name = coalesce(new_name, u.name), image = nullif(coalesce(new_image, u.image), ''),
        updated_at = app.time()
    WHERE u.id = app.user_id()
    RETURNING u.* INTO account;
    UPDATE participants p SET display_name = new_name, updated_at = app.time()
    WHERE p.user_id = account.id AND new_name IS NOT NULL;
    RETURN app.profile(account);
END $$;

-- What the caller prefers, with a default for what he has not said; no row for who is no participant.
CREATE VIEW own_preferences WITH (security_invoker = true) AS
SELECT
    coalesce((p.settings ->> 'notificationsEnabled')::boolean, true) AS notifications_enabled,
    coalesce(p.settings ->> 'riskTolerance', 'medium') AS risk_tolerance,
    coalesce((p.settings ->> 'autoInvest')::boolean, false) AS auto_invest
FROM participants p
WHERE p.id = app.participant_id();
GRANT SELECT ON own_preferences TO brainstorm_function;

-- Changes what the caller prefers; null keeps what is.
CREATE FUNCTION update_preferences(
    new_notifications_enabled boolean, new_risk_tolerance text, new_auto_invest boolean
) RETURNS SETOF own_preferences
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE participants p SET
        settings = p.settings || jsonb_strip_nulls(jsonb_build_object(
            'notificationsEnabled', new_notifications_enabled,
            'riskTolerance', new_risk_tolerance, 'autoInvest', new_auto_invest)),
        updated_at = app.time()
    WHERE p.id = app.participant_id();
    RETURN QUERY SELECT o.* FROM own_preferences o;
END $$;

-- When a day ends that nobody has said it of, by the clock of the market's time zone. Null: when an
-- admin ends it.
ALTER TABLE market ADD COLUMN closing_time time;

CREATE FUNCTION app.set_end_of_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rules market;
    opened timestamp;
    closing timestamp;
BEGIN
    SELECT m.* INTO rules FROM market m;
    opened := NEW.opened_at AT TIME ZONE rules.timezone;
    closing := opened::date + rules.closing_time;
    IF closing <= opened THEN
        closing := closing + interval '1 day';
    END IF;
    NEW.ends_at := closing AT TIME ZONE rules.timezone;
    RETURN NEW;
END $$;
CREATE TRIGGER set_end BEFORE INSERT ON market_days
    FOR EACH ROW WHEN (NEW.ends_at IS NULL) EXECUTE FUNCTION app.set_end_of_day();

-- The market's settings, and its present day; while it is closed, its last one.
CREATE VIEW market_state WITH (security_invoker = true) AS
SELECT
    CASE WHEN d.closed_at IS NULL AND d.day IS NOT NULL AND m.trading_enabled
        THEN 'open' ELSE 'closed' END AS status,
    d.day, d.opened_at AS started_at, coalesce(d.closed_at, d.ends_at) AS ends_at,
    app.time() AS server_time, m.trading_enabled, m.broker_fee_percent, m.max_order_quantity,
    m.timezone, to_char(m.closing_time, 'HH24:MI') AS closing_time
FROM market m
LEFT JOIN market_days d ON true
ORDER BY d.closed_at IS NULL DESC, d.day DESC
LIMIT 1;
GRANT SELECT ON market_state TO brainstorm_function;

-- Changes the market's settings; null keeps what is, and no text takes the closing time away.
CREATE FUNCTION update_market(
    new_trading_enabled boolean, new_broker_fee_percent numeric, new_max_order_quantity integer,
    new_timezone text, new_closing_time text
) RETURNS SETOF market_state
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old_rules market;
    new_rules market;
BEGIN
    PERFORM app.require_admin();
    IF new_timezone IS NOT NULL
        AND NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = new_timezone)
    THEN
        PERFORM app.refuse(400, 'unknown-timezone', format(
            'No time zone is called %s; give a name such as Asia/Jakarta.', new_timezone));
    END IF;
    SELECT m.* INTO old_rules FROM market m FOR UPDATE;
    UPDATE market m SET
        trading_enabled = coalesce(new_trading_enabled, m.trading_enabled),
        broker_fee_percent = coalesce(new_broker_fee_percent, m.broker_fee_percent),
        max_order_quantity = coalesce(new_max_order_quantity, m.max_order_quantity),
        timezone = coalesce(new_timezone, m.timezone),
        closing_time = CASE WHEN new_closing_time IS NULL THEN m.closing_time
            ELSE nullif(new_closing_time, '')::time END
    RETURNING m.* INTO new_rules;
    INSERT INTO audit_log (actor, action, subject_type, before, after, at)
    VALUES (
        app.user_id(), 'update', 'market', to_jsonb(old_rules) - 'id', to_jsonb(new_rules) - 'id',
        app.time());
    RETURN QUERY SELECT s.* FROM market_state s;
END $$;

-- Deletes what was played, and says how much of each; and gives everybody what he started with. It is
-- one change by hand and not one a row, so that the rows are not audited.
CREATE FUNCTION app.clear_game()
RETURNS TABLE (
    participants bigint, transactions bigint, holdings bigint, news_purchases bigint,
    portfolio_snapshots bigint, market_days bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    caller text := current_setting('app.role', true);
BEGIN
    PERFORM set_config('app.role', '', true);
    DELETE FROM transactions;
    GET DIAGNOSTICS transactions = ROW_COUNT;
    DELETE FROM holdings;
    GET DIAGNOSTICS holdings = ROW_COUNT;
    DELETE FROM news_purchases;
    GET DIAGNOSTICS news_purchases = ROW_COUNT;
    DELETE FROM portfolio_snapshots;
    GET DIAGNOSTICS portfolio_snapshots = ROW_COUNT;
    DELETE FROM market_days;
    GET DIAGNOSTICS market_days = ROW_COUNT;
    UPDATE participants p SET
        cash_balance = p.starting_balance, portfolio_value = p.starting_balance,
        updated_at = app.time();
    GET DIAGNOSTICS participants = ROW_COUNT;
    PERFORM set_config('app.role', caller, true);
    RETURN NEXT;
END $$;
REVOKE EXECUTE ON FUNCTION app.clear_game FROM PUBLIC;

-- Takes the game back to its beginning, and says what went: all trades, shares, purchases, daily
-- values and market days. Participants have what they started with; companies keep their prices,
-- and news stays. Who watches is told that the day has ended, and of the ranking.
--
-- The locks make bells and orders wait, which lock the market's row or their participant's first;
-- who only reads goes on.
CREATE FUNCTION reset_game()
RETURNS TABLE (
    participants bigint, transactions bigint, holdings bigint, news_purchases bigint,
    portfolio_snapshots bigint, market_days bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    cleared record;
BEGIN
    PERFORM app.require_admin();
    PERFORM FROM market m FOR UPDATE;
    LOCK TABLE participants IN EXCLUSIVE MODE;
    PERFORM app.emit('market.day_ended', 'market_day', NULL, jsonb_build_object(
        'day', d.day, 'message', 'The game begins anew.'))
    FROM market_days d WHERE d.closed_at IS NULL;
    SELECT c.* INTO cleared FROM app.clear_game() AS c;
    PERFORM app.emit_leaderboard();
    INSERT INTO audit_log (actor, action, subject_type, after, at)
    VALUES (app.user_id(), 'reset', 'game', to_jsonb(cleared), app.time());
    RETURN QUERY SELECT cleared.participants, cleared.transactions, cleared.holdings,
        cleared.news_purchases, cleared.portfolio_snapshots, cleared.market_days;
END $$;

-- Figures for a monitoring system, one row a sample, in the order in which they are to be written.
-- They name nobody.
--
-- What corrections and a reset of the game may lower is a gauge, though most of the time it grows.
CREATE FUNCTION metrics(at timestamptz)
RETURNS TABLE (name text, kind text, help text, label text, label_value text, value numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH family (position, name, kind, label, help) AS (VALUES
        (1, 'users', 'gauge', 'role', 'Accounts.'),
        (2, 'participants', 'gauge', 'active', 'Participants.'),
        (3, 'sessions', 'gauge', NULL, 'Sessions that have not expired.'),
        (4, 'sign_in_lockouts', 'gauge', 'of',
            'Accounts and addresses that may not try to sign in for now.'),
        (5, 'companies', 'gauge', 'active', 'Companies.'),
        (6, 'news', 'gauge', 'state', 'Articles.'),
        (7, 'orders', 'gauge', 'type', 'Orders that were carried out, with corrections by hand.'),
        (8, 'orders_shares', 'gauge', 'type', 'Shares in these orders.'),
        (9, 'orders_value', 'gauge', 'type', 'What these orders were worth, without fees.'),
        (10, 'fees_value', 'gauge', NULL, 'Fees of these orders.'),
        (11, 'market_open', 'gauge', NULL, 'Whether the market is open: 1, or 0.'),
        (12, 'market_day', 'gauge', NULL, 'The latest day of the market; 0 before the first.'),
        (13, 'outbox_pending', 'gauge', NULL, 'Events that are to be shown live, and were not yet.'),
        (14, 'outbox_oldest_pending_age_seconds', 'gauge', NULL,
            'How long the oldest of these has waited; 0 where there is none.'),
        (15, 'audit_entries_total', 'counter', NULL, 'Entries in the audit log.')
    ), traded AS (
        SELECT t.type, count(*) AS orders, sum(t.quantity) AS shares, sum(t.total) AS value,
            sum(t.fee) AS fees
        FROM transactions t
        WHERE t.status = 'completed'
        GROUP BY t.type
    ), open_market AS (
        SELECT m.trading_enabled AND EXISTS (SELECT FROM market_days d WHERE d.closed_at IS NULL)
            AS is_open
        FROM market m
    ), article AS (
        SELECT CASE WHEN n.published_at <= at THEN 'published'
            WHEN n.published_at > at THEN 'scheduled' ELSE 'unpublished' END AS state
        FROM news n
    ), sample (name, label_value, value) AS (
        SELECT 'users', r.role, count(u.id)
        FROM (VALUES ('admin'), ('participant')) AS r (role)
        LEFT JOIN users u ON u.role = r.role
        GROUP BY r.role
        UNION ALL
        SELECT 'participants', a.active::text, count(p.id)
        FROM (VALUES (true), (false)) AS a (active)
        LEFT JOIN participants p ON p.active = a.active
        GROUP BY a.active
        UNION ALL
        SELECT 'sessions', NULL, count(*) FROM sessions s WHERE s.expires_at > at
        UNION ALL
        SELECT 'sign_in_lockouts', l.kind, count(a.key)
        FROM (VALUES ('account', 10), ('address', 50)) AS l (kind, most)
        LEFT JOIN sign_in_attempts a ON starts_with(a.key, l.kind || ':')
            AND a.failures >= l.most AND a.window_ends > at
        GROUP BY l.kind
        UNION ALL
        SELECT 'companies', a.active::text, count(c.id)
        FROM (VALUES (true), (false)) AS a (active)
        LEFT JOIN companies c ON c.active = a.active
        GROUP BY a.active
        UNION ALL
        SELECT 'news', s.state, count(a.state)
        FROM (VALUES ('published'), ('scheduled'), ('unpublished')) AS s (state)
        LEFT JOIN article a ON a.state = s.state
        GROUP BY s.state
        UNION ALL
        SELECT figure.name, k.type, coalesce(figure.value, 0)
        FROM (VALUES ('buy'), ('sell')) AS k (type)
        LEFT JOIN traded t ON t.type = k.type
        CROSS JOIN LATERAL (VALUES ('orders', t.orders), ('orders_shares', t.shares),
            ('orders_value', t.value)) AS figure (name, value)
        UNION ALL
        SELECT 'fees_value', NULL, coalesce(sum(t.fees), 0) FROM traded t
        UNION ALL
        SELECT 'market_open', NULL, o.is_open::integer FROM open_market o
        UNION ALL
        SELECT 'market_day', NULL, coalesce(max(d.day), 0) FROM market_days d
        UNION ALL
        SELECT figure.name, NULL, figure.value
        FROM (SELECT count(*) AS pending, min(e.created_at) AS oldest
            FROM outbox_events e WHERE e.published_at IS NULL AND e.channel IS NOT NULL) AS o
        CROSS JOIN LATERAL (VALUES ('outbox_pending', o.pending),
            ('outbox_oldest_pending_age_seconds',
                round(coalesce(greatest(extract(epoch FROM at - o.oldest), 0), 0), 3)))
            AS figure (name, value)
        UNION ALL
        SELECT 'audit_entries_total', NULL, count(*) FROM audit_log
    )
    SELECT 'brainstorm_' || f.name, f.kind, f.help, f.label, s.label_value, s.value
    FROM family f
    JOIN sample s ON s.name = f.name
    ORDER BY f.position, s.label_value;
$$;

-- The audit log as admins read it. Whatever a trigger recorded of a row, nothing secret shows.
CREATE VIEW audit_entries WITH (security_invoker = true) AS
SELECT
    a.id, a.actor, a.action, a.subject_type, a.subject_id,
    a.before - '{password_hash,token_hash,token,secret}'::text[] AS before,
    a.after - '{password_hash,token_hash,token,secret}'::text[] AS after, a.at
FROM audit_log a;
GRANT SELECT ON audit_entries TO brainstorm_function;
CREATE INDEX audit_log_action ON audit_log (action, id);
CREATE INDEX audit_log_subject_type ON audit_log (subject_type, id);
