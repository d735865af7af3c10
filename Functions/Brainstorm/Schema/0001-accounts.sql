-- Accounts, sessions, and how a request becomes somebody.
--
-- Functions connect as brainstorm_function, which owns nothing. Every table has row-level security
-- enabled and forced. Policies read three settings, local to the transaction, that
-- app.begin_request() sets from the session: app.user_id, app.participant_id and app.role.
-- Tables are owned by brainstorm_owner, whose SECURITY DEFINER functions do what no caller may do
-- by himself, such as looking up a password before anybody is signed in.

CREATE EXTENSION citext;

CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO brainstorm_function;

-- The request's context. Unset and empty settings are null; a malformed one is an error.
CREATE FUNCTION app.user_id() RETURNS uuid LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.user_id', true), '')::uuid;

CREATE FUNCTION app.participant_id() RETURNS uuid LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.participant_id', true), '')::uuid;

CREATE FUNCTION app.is_admin() RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(current_setting('app.role', true), '') = 'admin' AND app.user_id() IS NOT NULL;

CREATE FUNCTION app.time() RETURNS timestamptz LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('app.time', true), '')::timestamptz, now());

-- What a caller sees instead of data: SQLSTATE APnnn is HTTP status nnn, DETAIL the code,
-- HINT the seconds of Retry-After.
CREATE FUNCTION app.refuse(status integer, code text, message text, retry_after integer DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'AP' || status, MESSAGE = message, DETAIL = code,
        HINT = coalesce(retry_after::text, '');
END $$;

-- Stands first in the functions that do for an admin what row-level security lets nobody do.
CREATE FUNCTION app.require_admin() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT app.is_admin() THEN
        PERFORM app.refuse(403, 'forbidden', 'This is for the role admin.');
    END IF;
END $$;

CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL CONSTRAINT users_email_lower CHECK (email = lower(email)),
    username citext,
    name text NOT NULL,
    password_hash text NOT NULL,
    role text NOT NULL CONSTRAINT users_role_check CHECK (role IN ('admin', 'participant')),
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    -- The first that is violated is the one that is told of: where an e-mail address was made from
    -- a username, it is the username that is taken.
    CONSTRAINT users_username_key UNIQUE (username),
    CONSTRAINT users_email_key UNIQUE (email)
);

-- A session is found by the hash of its token; the token itself is only in the cookie.
CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash text NOT NULL CONSTRAINT sessions_token_hash_key UNIQUE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Seconds that the session lives after it was last renewed.
    lifetime integer NOT NULL,
    expires_at timestamptz NOT NULL,
    ip_address text,
    user_agent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_user_id ON sessions (user_id);

-- Failed sign-ins of an account (whether or not it exists) and of an address.
CREATE TABLE sign_in_attempts (
    key text PRIMARY KEY,
    failures integer NOT NULL,
    window_ends timestamptz NOT NULL
);

ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sign_in_attempts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY owner ON users TO brainstorm_owner USING (true);
CREATE POLICY owner ON sessions TO brainstorm_owner USING (true);
CREATE POLICY owner ON sign_in_attempts TO brainstorm_owner USING (true);

CREATE POLICY own ON users FOR SELECT TO brainstorm_function
    USING (id = (SELECT app.user_id()));
CREATE POLICY admin ON users FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
CREATE POLICY own ON sessions FOR SELECT TO brainstorm_function
    USING (user_id = (SELECT app.user_id()));

-- Nobody reads a password's hash but the functions that sign in, and only functions change a user.
GRANT SELECT (id, email, username, name, role, active, created_at, updated_at) ON users
    TO brainstorm_function;
GRANT SELECT (id, user_id, expires_at, ip_address, user_agent, created_at, updated_at) ON sessions
    TO brainstorm_function;

-- Makes the transaction that of the session's user, or refuses: 401 without a session, 403 for
-- another role. Null for the wanted role takes any.
CREATE FUNCTION app.begin_request(wanted_token_hash text, wanted_role text, at timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    caller record;
BEGIN
    SELECT u.id, u.role, p.id AS participant_id INTO caller
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    LEFT JOIN participants p ON p.user_id = u.id
    WHERE s.token_hash = wanted_token_hash AND s.expires_at > at AND u.active;
    IF NOT FOUND THEN
        PERFORM app.refuse(401, 'unauthorized', 'You are not signed in; sign in first.');
    END IF;
    IF caller.role <> wanted_role THEN
        PERFORM app.refuse(403, 'forbidden', format(
            'This is for the role %s; you are signed in as %s.', wanted_role, caller.role));
    END IF;
    PERFORM set_config('app.user_id', caller.id::text, true),
        set_config('app.role', caller.role, true),
        set_config('app.participant_id', coalesce(caller.participant_id::text, ''), true),
        set_config('app.time', at::text, true);
END $$;

-- Counts one more failure against each key, before the password is looked at, and refuses with 429
-- where that is more than the key's limit. The count comes first, because it locks the keys: of
-- guesses sent at once each sees those before it.
CREATE FUNCTION app.count_attempt(account text, address text, at timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wait integer;
BEGIN
    INSERT INTO sign_in_attempts AS a (key, failures, window_ends)
    SELECT k, 1, at + interval '15 minutes'
    FROM unnest(ARRAY['account:' || account, 'address:' || address]) AS k
    ORDER BY k
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN a.window_ends > at THEN a.failures + 1 ELSE 1 END,
        window_ends = CASE WHEN a.window_ends > at THEN a.window_ends ELSE excluded.window_ends END;
    SELECT max(ceil(extract(epoch FROM a.window_ends - at))) INTO wait
    FROM sign_in_attempts a
    JOIN (VALUES ('account:' || account, 10), ('address:' || address, 50)) AS l (key, most)
        ON l.key = a.key
    WHERE a.failures > l.most;
    IF wait IS NOT NULL THEN
        PERFORM app.refuse(
            429, 'too-many-requests', 'Too many requests. Please try again later.', wait);
    END IF;
END $$;

-- What a sign-in needs to check a password. No row for an unknown or inactive account.
CREATE FUNCTION start_sign_in(wanted_email text, address text, at timestamptz)
RETURNS TABLE (user_id uuid, password_hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM app.count_attempt(wanted_email, address, at);
    RETURN QUERY
        SELECT u.id, u.password_hash FROM users u WHERE u.email = wanted_email AND u.active;
END $$;

-- Opens a session for a user whose password was right, and forgives the attempt.
CREATE FUNCTION finish_sign_in(
    wanted_user uuid, new_token_hash text, new_lifetime integer, address text, agent text,
    new_password_hash text, at timestamptz
) RETURNS TABLE (id uuid, email text, name text, role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO sessions (
        token_hash, user_id, lifetime, expires_at, ip_address, user_agent, created_at, updated_at)
    VALUES (
        new_token_hash, wanted_user, new_lifetime, at + make_interval(secs => new_lifetime),
        address, left(agent, 400), at, at);
    UPDATE users u SET password_hash = new_password_hash
    WHERE u.id = wanted_user AND new_password_hash IS NOT NULL;
    DELETE FROM sign_in_attempts a USING users u
    WHERE u.id = wanted_user AND a.key = 'account:' || u.email;
    UPDATE sign_in_attempts a SET failures = a.failures - 1
    WHERE a.key = 'address:' || address AND a.failures > 0;
    RETURN QUERY SELECT u.id, u.email, u.name, u.role FROM users u WHERE u.id = wanted_user;
END $$;

-- Makes a participant's account and profile, and opens a session.
CREATE FUNCTION sign_up(
    new_email text, new_name text, new_password_hash text, new_token_hash text,
    new_lifetime integer, address text, agent text, at timestamptz
) RETURNS TABLE (id uuid, email text, name text, role text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    new_user uuid;
BEGIN
    PERFORM app.count_attempt(new_email, address, at);
    INSERT INTO users (email, name, password_hash, role, created_at, updated_at)
    VALUES (new_email, new_name, new_password_hash, 'participant', at, at)
    RETURNING users.id INTO new_user;
    INSERT INTO participants (user_id, display_name, created_at, updated_at)
    VALUES (new_user, new_name, at, at);
    UPDATE participants p SET portfolio_value = p.cash_balance WHERE p.user_id = new_user;
    PERFORM app.emit('user.created', 'user', new_user, jsonb_build_object('id', new_user));
    RETURN QUERY SELECT * FROM finish_sign_in(
        new_user, new_token_hash, new_lifetime, address, agent, NULL, at);
END $$;

CREATE FUNCTION sign_out(wanted_token_hash text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM sessions WHERE token_hash = wanted_token_hash;
$$;

-- The session of a token and its user, as the JSON that its user sees; no row where there is none.
-- Renewal is due once a day, so a session that lives for one day only is never renewed.
CREATE FUNCTION current_session(wanted_token_hash text, at timestamptz)
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
                'user', jsonb_build_object(
                    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role,
                    'emailVerified', false, 'image', NULL,
                    'createdAt', u.created_at, 'updatedAt', u.updated_at)),
            s.lifetime, is_due
        FROM sessions s
        JOIN users u ON u.id = s.user_id
        WHERE s.token_hash = wanted_token_hash AND u.active;
END $$;
