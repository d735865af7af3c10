-- Passwords that are set anew by mail, participants from files, and what the clock clears away.

-- A reset is found by the hash of its token; the token itself is only in the mail.
CREATE TABLE password_resets (
    token_hash text PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX password_resets_user_id ON password_resets (user_id);
CREATE INDEX password_resets_expires_at ON password_resets (expires_at);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Files with participants. The same file again is the same row.
CREATE TABLE import_jobs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- Of the file as it came, in hexadecimal.
    sha256 text NOT NULL CONSTRAINT import_jobs_sha256_key UNIQUE,
    -- Where the file is kept, without its passwords.
    object_key text NOT NULL,
    file_name text NOT NULL,
    size integer NOT NULL,
    row_count integer NOT NULL,
    -- Over all uploads.
    imported integer NOT NULL DEFAULT 0,
    uploads integer NOT NULL DEFAULT 1,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

ALTER TABLE password_resets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE import_jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON password_resets TO brainstorm_owner USING (true);
CREATE POLICY owner ON import_jobs TO brainstorm_owner USING (true);
CREATE POLICY admin ON import_jobs FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
GRANT SELECT ON import_jobs TO brainstorm_function;

-- Notes a token for an hour, and gives the address that it is to be sent to; null, and no token,
-- where no active account has one. Nobody reads what is sent to brainstorm.local.
CREATE FUNCTION request_password_reset(wanted_email text, new_token_hash text, at timestamptz)
RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH account AS (
        SELECT u.id, u.email FROM users u
        WHERE u.email = wanted_email AND u.active AND u.email NOT LIKE '%@brainstorm.local'
    ), reset AS (
        INSERT INTO password_resets (token_hash, user_id, expires_at, created_at)
        SELECT new_token_hash, a.id, at + interval '1 hour', at FROM account a
    )
    SELECT max(a.email) FROM account a;
$$;

-- Whether a token would be taken.
CREATE FUNCTION is_password_reset(wanted_token_hash text, at timestamptz)
RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM password_resets r JOIN users u ON u.id = r.user_id
        WHERE r.token_hash = wanted_token_hash AND r.expires_at > at AND u.active);
$$;

-- Sets the password of a token's user, and gives his id; null where there is no such token.
--
-- All his tokens and sessions end, and guesses at the old password are forgiven. His row is locked
-- first: of two who use one token at once, the second finds it gone.
CREATE FUNCTION reset_password(
    wanted_token_hash text, new_password_hash text, at timestamptz
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    account record;
BEGIN
    SELECT u.id, u.email INTO account
    FROM users u JOIN password_resets r ON r.user_id = u.id
    WHERE r.token_hash = wanted_token_hash AND r.expires_at > at AND u.active
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE users u SET password_hash = new_password_hash, updated_at = at WHERE u.id = account.id;
    DELETE FROM password_resets r WHERE r.user_id = account.id;
    DELETE FROM sessions s WHERE s.user_id = account.id;
    DELETE FROM sign_in_attempts a WHERE a.key = 'account:' || account.email;
    INSERT INTO audit_log (actor, action, subject_type, subject_id, at)
    VALUES (account.id, 'reset-password', 'users', account.id, at);
    RETURN account.id;
END $$;

-- Deletes what has expired, and says how much of each.
CREATE FUNCTION expire_sessions(at timestamptz)
RETURNS TABLE (sessions bigint, resets bigint, attempts bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH expired_sessions AS (
        DELETE FROM sessions s WHERE s.expires_at <= at RETURNING 1
    ), expired_resets AS (
        DELETE FROM password_resets r WHERE r.expires_at <= at RETURNING 1
    ), ended_attempts AS (
        DELETE FROM sign_in_attempts a WHERE a.window_ends <= at RETURNING 1
    )
    SELECT (SELECT count(*) FROM expired_sessions), (SELECT count(*) FROM expired_resets),
        (SELECT count(*) FROM ended_attempts);
$$;

-- Makes participants of a file's good rows, and gives those that were made: a row whose username
-- somebody has got in the meantime is left out. All of it happens or nothing.
--
-- The row of the file is locked first, so that two uploads of one file stand in line.
CREATE FUNCTION import_participants(
    file_sha256 text, new_object_key text, new_file_name text, file_size integer,
    file_row_count integer, candidates jsonb
) RETURNS TABLE (id uuid, username text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    job uuid;
    candidate record;
    new_id uuid;
BEGIN
    PERFORM app.require_admin();
    INSERT INTO import_jobs AS j (
        sha256, object_key, file_name, size, row_count, created_by, created_at, updated_at)
    VALUES (
        file_sha256, new_object_key, new_file_name, file_size, file_row_count, app.user_id(),
        app.time(), app.time())
    ON CONFLICT (sha256) DO UPDATE SET uploads = j.uploads + 1, updated_at = app.time()
    RETURNING j.id INTO job;
    FOR candidate IN
        SELECT c.* FROM jsonb_to_recordset(candidates) AS c (
            username text, "passwordHash" text, "displayName" text, "teamName" text, school text,
            days integer, brokers integer)
    LOOP
        BEGIN
            SELECT f.id INTO new_id FROM create_participant(
                candidate.username, candidate."passwordHash", candidate."displayName",
                candidate."teamName", candidate.school, NULL, candidate.days,
                candidate.brokers) AS f;
        EXCEPTION WHEN unique_violation THEN
            CONTINUE;
        END;
        UPDATE import_jobs j SET imported = j.imported + 1 WHERE j.id = job;
        PERFORM app.emit('participant.imported', 'participant', new_id, jsonb_build_object(
            'id', new_id, 'username', candidate.username, 'importId', job));
        id := new_id;
        username := candidate.username;
        RETURN NEXT;
    END LOOP;
END $$;
