-- What is shown live: the bell, what the clock does, how events leave the outbox, and who may watch.

-- Where an event is shown; null for one that is for other programs only.
ALTER TABLE outbox_events
    ADD COLUMN channel text GENERATED ALWAYS AS (CASE type
        WHEN 'market.day_started' THEN 'bell'
        WHEN 'market.day_ended' THEN 'bell'
        WHEN 'order.filled' THEN 'trade'
        WHEN 'news.published' THEN 'news'
        WHEN 'price.changed' THEN 'price'
        WHEN 'leaderboard.changed' THEN 'leaderboard'
    END) STORED,
    -- The places that it has got in the journal, [{"id", "previousId"}], once it is there.
    ADD COLUMN journaled jsonb;
CREATE INDEX outbox_events_live ON outbox_events (id)
    WHERE published_at IS NULL AND channel IS NOT NULL;
CREATE INDEX outbox_events_leaderboard ON outbox_events (id) WHERE channel = 'leaderboard';
CREATE INDEX news_unannounced ON news (published_at) WHERE announced_at IS NULL;
-- What happened before anybody could watch is told to nobody.
UPDATE outbox_events SET published_at = created_at WHERE channel IS NOT NULL;

-- Tokens for watching, found by their hashes; the token itself is only with who asked for it.
CREATE TABLE live_tokens (
    token_hash text PRIMARY KEY,
    kind text NOT NULL CONSTRAINT live_tokens_kind_check CHECK (kind IN ('overlay', 'socket')),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- With it ends what a socket's token has opened; an overlay's token outlives it.
    session_id uuid REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    -- The one connection that a socket's token has opened.
    used_by text,
    created_at timestamptz NOT NULL,
    CONSTRAINT live_tokens_session_check CHECK ((kind = 'socket') = (session_id IS NOT NULL))
);
CREATE INDEX live_tokens_user_id ON live_tokens (user_id);
CREATE INDEX live_tokens_session_id ON live_tokens (session_id);
CREATE INDEX live_tokens_expires_at ON live_tokens (expires_at);

ALTER TABLE live_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON live_tokens TO brainstorm_owner USING (true);

-- Notes a token for the user of the request and his session, and says when it ends. What nobody can
-- use any more is cleared away.
CREATE FUNCTION make_live_token(
    new_token_hash text, new_kind text, session_token_hash text, seconds integer
) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ends timestamptz := app.time() + make_interval(secs => seconds);
BEGIN
    IF new_kind = 'overlay' THEN
        PERFORM app.require_admin();
    END IF;
    DELETE FROM live_tokens t WHERE t.expires_at <= app.time() AND t.used_by IS NULL;
    INSERT INTO live_tokens (token_hash, kind, user_id, session_id, expires_at, created_at)
    SELECT new_token_hash, new_kind, s.user_id, CASE new_kind WHEN 'socket' THEN s.id END, ends,
        app.time()
    FROM sessions s
    WHERE s.token_hash = session_token_hash AND s.user_id = app.user_id();
    RETURN ends;
END $$;

-- Ends all tokens of overlays, and says how many there were.
CREATE FUNCTION revoke_overlay_tokens() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ended bigint;
BEGIN
    PERFORM app.require_admin();
    DELETE FROM live_tokens t WHERE t.kind = 'overlay';
    GET DIAGNOSTICS ended = ROW_COUNT;
    INSERT INTO audit_log (actor, action, subject_type, before, at)
    VALUES (app.user_id(), 'revoke', 'live_tokens', jsonb_build_object('tokens', ended), app.time());
    RETURN ended;
END $$;

-- Who watches, or 401. The first credential that is given counts: a token; the mark with which a
-- stream of a session goes on, its id and the SHA-256 of its token's hash with ':live' behind it; the
-- session itself.
--
-- A socket's token opens one connection, and from then on stands for that connection's session.
CREATE FUNCTION app.viewer(
    session_token_hash text, live_token_hash text, connection text, marked_session uuid, mark text,
    at timestamptz
) RETURNS TABLE (user_id uuid, role text, session_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    UPDATE live_tokens t SET used_by = connection
    WHERE t.token_hash = live_token_hash AND t.kind = 'socket' AND t.used_by IS NULL
        AND t.expires_at > at AND connection IS NOT NULL;
    RETURN QUERY
        SELECT u.id, 'overlay', NULL::uuid
        FROM live_tokens t
        JOIN users u ON u.id = t.user_id
        WHERE t.token_hash = live_token_hash AND t.kind = 'overlay' AND t.expires_at > at
            AND u.active AND u.role = 'admin'
        UNION ALL
        SELECT u.id, u.role, s.id
        FROM sessions s
        JOIN users u ON u.id = s.user_id
        WHERE s.expires_at > at AND u.active AND s.id = CASE
            WHEN live_token_hash IS NOT NULL THEN (
                SELECT t.session_id FROM live_tokens t
                WHERE t.token_hash = live_token_hash AND t.used_by = connection)
            WHEN marked_session IS NOT NULL THEN (
                SELECT m.id FROM sessions m
                WHERE m.id = marked_session AND mark
                    = encode(sha256(convert_to(m.token_hash || ':live', 'UTF8')), 'hex'))
            ELSE (SELECT c.id FROM sessions c WHERE c.token_hash = session_token_hash)
        END;
    IF NOT FOUND THEN
        PERFORM app.refuse(401, 'unauthorized', CASE WHEN live_token_hash IS NULL
            THEN 'You are not signed in; sign in first, or bring a token.'
            ELSE 'The token is unknown, used or has expired; get another one.' END);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION app.viewer FROM PUBLIC;

CREATE FUNCTION app.market_state() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_object(
        'status', CASE WHEN d.closed_at IS NULL AND d.day IS NOT NULL AND m.trading_enabled
            THEN 'open' ELSE 'closed' END,
        'day', d.day, 'startedAt', d.opened_at, 'endsAt', coalesce(d.closed_at, d.ends_at))
    FROM market m
    LEFT JOIN market_days d ON true
    ORDER BY d.closed_at IS NULL DESC, d.day DESC
    LIMIT 1;
$$;

-- The best ten, as the ranking has them.
CREATE FUNCTION app.top_places() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
            'rank', t.rank, 'displayName', t.display_name,
            'portfolioValue', round(t.portfolio_value, 2)::text,
            'returnPercent', t.return_percent::text)
        ORDER BY t.rank, t.display_name, t.participant_id), '[]')
    FROM (
        SELECT
            rank() OVER (ORDER BY o.portfolio_value DESC) AS rank, p.display_name,
            o.participant_id, o.portfolio_value,
            CASE WHEN o.starting_balance > 0
                THEN round((o.portfolio_value / o.starting_balance - 1) * 100, 2) ELSE 0.00
            END AS return_percent
        FROM portfolios o
        JOIN participants p ON p.id = o.participant_id
        WHERE p.active
        ORDER BY 1, 2, 3
        LIMIT 10
    ) AS t;
$$;
REVOKE EXECUTE ON FUNCTION app.market_state, app.top_places FROM PUBLIC;

-- Lets somebody watch, and shows him how the market stands.
CREATE FUNCTION start_viewing(
    session_token_hash text, live_token_hash text, connection text, marked_session uuid, mark text,
    at timestamptz
) RETURNS TABLE (user_id uuid, role text, session_id uuid, market jsonb)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT v.user_id, v.role, v.session_id, app.market_state()
    FROM app.viewer(
        session_token_hash, live_token_hash, connection, marked_session, mark, at) AS v;
$$;

CREATE INDEX transactions_number ON transactions (number);

-- What an overlay begins with; for an overlay's token, and for admins.
CREATE FUNCTION live_snapshot(session_token_hash text, live_token_hash text, at timestamptz)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who text;
BEGIN
    SELECT v.role INTO who
    FROM app.viewer(session_token_hash, live_token_hash, NULL, NULL, NULL, at) AS v;
    IF who = 'participant' THEN
        PERFORM app.refuse(403, 'forbidden',
            'This is for the role admin, or a token of an overlay; you are signed in as participant.');
    END IF;
    RETURN jsonb_build_object(
        'market', app.market_state(),
        'leaderboard', app.top_places(),
        'trades', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'displayName', t.display_name, 'ticker', t.ticker, 'type', t.type,
                'quantity', t.quantity, 'price', t.price, 'at', t.created_at) ORDER BY t.number DESC),
                '[]')
            FROM (SELECT * FROM trades WHERE status = 'completed' ORDER BY number DESC LIMIT 10) t),
        'news', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', n.id, 'title', n.title, 'type', n.type, 'at', n.published_at)
                ORDER BY n.published_at DESC, n.id), '[]')
            FROM (SELECT * FROM news WHERE published_at <= at
                ORDER BY published_at DESC, id LIMIT 5) n));
END $$;

-- Events as they are shown: with the name of who traded.
CREATE VIEW live_events WITH (security_invoker = true) AS
SELECT
    e.id, e.type, e.channel, e.created_at, e.published_at, e.journaled,
    CASE WHEN p.id IS NULL THEN e.payload - 'participantId'
        ELSE e.payload - 'participantId' || jsonb_build_object('displayName', p.display_name)
    END AS payload
FROM outbox_events e
LEFT JOIN participants p
    ON e.type = 'order.filled' AND p.id = (e.payload ->> 'participantId')::uuid
WHERE e.channel IS NOT NULL;

-- The oldest events that were not shown yet. Until the transaction ends, others who ask wait, so that
-- events are shown in one order to all. What was made after another event had been committed stands
-- behind it. Who has waited for two seconds gives up, and leaves them to the next who asks.
CREATE FUNCTION claim_events(most integer) RETURNS SETOF live_events
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM outbox_events e
        WHERE e.published_at IS NULL AND e.channel IS NOT NULL)
    THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('relay'));
    RETURN QUERY
        SELECT e.* FROM live_events e WHERE e.published_at IS NULL ORDER BY e.id LIMIT most;
END $$;

-- Notes of claimed events which places they have in the journal, and whether they were shown.
CREATE FUNCTION note_relayed(relayed jsonb, is_published boolean, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE outbox_events e SET
        journaled = r.journaled, published_at = CASE WHEN is_published THEN at END
    FROM jsonb_to_recordset(relayed) AS r (id bigint, journaled jsonb)
    WHERE e.id = r.id;
$$;

-- Notes what everybody is worth on a day, and says for how many. With a moment, only for those who
-- were there before it and have no value of that day yet.
--
-- Their rows are locked first: an order that has begun is waited for, and the next one finds what
-- this transaction has done. It is nobody's change by hand, so that it is not audited row by row.
CREATE FUNCTION app.write_snapshots(wanted_day date, joined_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    caller text := coalesce(current_setting('app.role', true), '');
    written bigint;
BEGIN
    PERFORM set_config('app.role', '', true);
    PERFORM FROM participants p ORDER BY p.id FOR UPDATE;
    UPDATE participants p SET portfolio_value = o.portfolio_value
    FROM portfolios o
    WHERE o.participant_id = p.id AND p.portfolio_value IS DISTINCT FROM o.portfolio_value;
    INSERT INTO portfolio_snapshots AS s (participant_id, day, value)
    SELECT p.id, wanted_day, p.portfolio_value FROM participants p
    WHERE joined_before IS NULL OR p.created_at < joined_before
    ON CONFLICT (participant_id, day) DO UPDATE SET value = excluded.value
        WHERE joined_before IS NULL;
    GET DIAGNOSTICS written = ROW_COUNT;
    PERFORM set_config('app.role', caller, true);
    RETURN written;
END $$;
REVOKE EXECUTE ON FUNCTION app.write_snapshots FROM PUBLIC;

-- Emits the best ten, if they are not as they were last told, and says whether.
CREATE FUNCTION app.emit_leaderboard() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    places jsonb := app.top_places();
BEGIN
    IF places IS NOT DISTINCT FROM (
        SELECT e.payload -> 'places' FROM outbox_events e
        WHERE e.channel = 'leaderboard' ORDER BY e.id DESC LIMIT 1)
    THEN
        RETURN false;
    END IF;
    PERFORM app.emit(
        'leaderboard.changed', 'leaderboard', NULL, jsonb_build_object('places', places));
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION app.emit_leaderboard FROM PUBLIC;

-- Closes the open day, notes what everybody is worth, and gives the event's id; null where none is
-- open. The market's row is locked already.
CREATE FUNCTION app.close_day(told text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    closed market_days;
    event bigint;
BEGIN
    UPDATE market_days d SET closed_at = app.time() WHERE d.closed_at IS NULL
    RETURNING d.* INTO closed;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM app.write_snapshots((app.time() AT TIME ZONE m.timezone)::date, NULL) FROM market m;
    INSERT INTO audit_log (actor, action, subject_type, after, at)
    VALUES (app.user_id(), 'end-day', 'market_days', to_jsonb(closed), app.time());
    PERFORM app.emit('market.day_ended', 'market_day', NULL, jsonb_build_object(
        'day', closed.day, 'message', told));
    event := lastval();
    PERFORM app.emit_leaderboard();
    RETURN event;
END $$;
REVOKE EXECUTE ON FUNCTION app.close_day FROM PUBLIC;

-- Opens the next day or closes the open one, and gives the event. Bells stand in line at the
-- market's row.
CREATE FUNCTION ring_bell(wanted_action text, told text, new_ends_at timestamptz)
RETURNS SETOF live_events
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    opened market_days;
    event bigint;
BEGIN
    PERFORM app.require_admin();
    PERFORM FROM market m FOR UPDATE;
    IF wanted_action = 'start_day' THEN
        SELECT d.* INTO opened FROM market_days d WHERE d.closed_at IS NULL;
        IF FOUND THEN
            PERFORM app.refuse(409, 'already-open', format(
                'Day %s is open already; end it before you start another.', opened.day));
        END IF;
        INSERT INTO market_days AS d (day, opened_at, ends_at, opened_by)
        SELECT coalesce(max(l.day), 0) + 1, app.time(), new_ends_at, app.user_id()
        FROM market_days l
        RETURNING d.* INTO opened;
        INSERT INTO audit_log (actor, action, subject_type, after, at)
        VALUES (app.user_id(), 'start-day', 'market_days', to_jsonb(opened), app.time());
        PERFORM app.emit('market.day_started', 'market_day', NULL, jsonb_build_object(
            'day', opened.day, 'endsAt', opened.ends_at, 'message', told));
        event := lastval();
    ELSE
        event := app.close_day(told);
        IF event IS NULL THEN
            PERFORM app.refuse(409, 'already-closed', 'No day is open, so none can be ended.');
        END IF;
    END IF;
    RETURN QUERY SELECT e.* FROM live_events e WHERE e.id = event;
END $$;

-- Closes the day whose end has come, as the bell would, and says whether there was one.
CREATE FUNCTION close_due_day(at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.time', at::text, true);
    IF NOT EXISTS (SELECT FROM market_days d WHERE d.closed_at IS NULL AND d.ends_at <= at) THEN
        RETURN false;
    END IF;
    PERFORM FROM market m FOR UPDATE;
    -- An admin may have closed it meanwhile, and opened another.
    IF NOT EXISTS (SELECT FROM market_days d WHERE d.closed_at IS NULL AND d.ends_at <= at) THEN
        RETURN false;
    END IF;
    RETURN app.close_day(NULL) IS NOT NULL;
END $$;

-- Tells of the news whose time has come, first come first, and says of how many. The trigger on the
-- table does it for each row that is touched.
CREATE FUNCTION announce_due_news(at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    due uuid;
    told integer := 0;
BEGIN
    PERFORM set_config('app.time', at::text, true);
    FOR due IN
        SELECT n.id FROM news n WHERE n.announced_at IS NULL AND n.published_at <= at
        ORDER BY n.published_at, n.id FOR UPDATE
    LOOP
        UPDATE news n SET announced_at = NULL WHERE n.id = due;
        told := told + 1;
    END LOOP;
    RETURN told;
END $$;

-- Tells of the best ten while the market is open, if they have changed, and says whether.
CREATE FUNCTION refresh_leaderboard(at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.time', at::text, true);
    PERFORM FROM market m FOR UPDATE;
    RETURN app.market_state() ->> 'status' = 'open' AND app.emit_leaderboard();
END $$;

-- Notes what everybody was worth at the end of yesterday, where the market is, and says for how many:
-- those for whom no bell has done it.
CREATE FUNCTION snapshot_portfolios(at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    zone text := (SELECT m.timezone FROM market m);
    today date := (at AT TIME ZONE zone)::date;
    midnight timestamptz := today::timestamp AT TIME ZONE zone;
BEGIN
    IF NOT EXISTS (
        SELECT FROM participants p WHERE p.created_at < midnight AND NOT EXISTS (
            SELECT FROM portfolio_snapshots s
            WHERE s.participant_id = p.id AND s.day = today - 1))
    THEN
        RETURN 0;
    END IF;
    PERFORM set_config('app.time', at::text, true);
    RETURN app.write_snapshots(today - 1, midnight);
END $$;
