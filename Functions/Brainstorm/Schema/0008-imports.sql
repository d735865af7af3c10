-- Files with more participants than a request can make: what has come of them so far.

-- A file that is running has rows left, which a queue works on a few at a time; they are sealed
-- in the bucket. Uploaded again when it is done or has failed, or before its rows are there, it is run
-- anew; after that it is only continued.
ALTER TABLE import_jobs
    ADD status text NOT NULL DEFAULT 'done'
        CONSTRAINT import_jobs_status_check CHECK (status IN ('running', 'done', 'failed')),
    -- What belongs to an earlier run is not heeded.
    ADD run integer NOT NULL DEFAULT 1,
    -- Whether the rows of a run that is under way are all in the bucket.
    ADD ready boolean NOT NULL DEFAULT false,
    -- How many of its rows could become participants, and how many of these are done; all other rows
    -- were wrong from the beginning.
    ADD candidates integer NOT NULL DEFAULT 0,
    ADD place integer NOT NULL DEFAULT 0,
    -- Participants made in this run.
    ADD made integer NOT NULL DEFAULT 0,
    -- Why it has failed.
    ADD failure text,
    ADD started_by uuid REFERENCES users (id) ON DELETE SET NULL,
    ADD started_at timestamptz,
    ADD finished_at timestamptz;
UPDATE import_jobs
SET made = imported, started_by = created_by, started_at = updated_at, finished_at = updated_at;

-- The rows of a run that became nobody, without their passwords.
CREATE TABLE import_errors (
    import_id uuid NOT NULL REFERENCES import_jobs (id) ON DELETE CASCADE,
    -- As spreadsheets count.
    row_number integer NOT NULL,
    error text NOT NULL,
    data jsonb,
    PRIMARY KEY (import_id, row_number)
);
ALTER TABLE import_errors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON import_errors TO brainstorm_owner USING (true);
CREATE POLICY admin ON import_errors FOR SELECT TO brainstorm_function
    USING ((SELECT app.is_admin()));
GRANT SELECT ON import_errors TO brainstorm_function;

DROP FUNCTION import_participants;

-- Notes a file and what is wrong with it, and begins a run; or gives the run that is under way.
--
-- The row of the file is locked, so that two uploads of one file stand in line.
CREATE FUNCTION start_import(
    file_sha256 text, new_object_key text, new_file_name text, file_size integer,
    file_row_count integer, candidate_count integer, problems jsonb
) RETURNS TABLE (id uuid, run integer, place integer, resumes boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    job import_jobs;
    is_new boolean;
BEGIN
    PERFORM app.require_admin();
    INSERT INTO import_jobs AS j (
        sha256, object_key, file_name, size, row_count, created_by, created_at, updated_at)
    VALUES (
        file_sha256, new_object_key, new_file_name, file_size, file_row_count, app.user_id(),
        app.time(), app.time())
    ON CONFLICT (sha256) DO UPDATE SET uploads = j.uploads + 1, updated_at = app.time()
    RETURNING j.* INTO job;
    is_new := job.uploads = 1;
    IF job.status = 'running' AND job.ready THEN
        RETURN QUERY SELECT job.id, job.run, job.place, true;
        RETURN;
    END IF;
    UPDATE import_jobs j SET
        status = 'running', run = j.run + CASE WHEN is_new THEN 0 ELSE 1 END,
        ready = false, row_count = file_row_count, candidates = candidate_count, place = 0, made = 0,
        failure = NULL, started_by = app.user_id(), started_at = app.time(), finished_at = NULL
    WHERE j.id = job.id
    RETURNING j.* INTO job;
    DELETE FROM import_errors e WHERE e.import_id = job.id;
    INSERT INTO import_errors (import_id, row_number, error, data)
    SELECT job.id, p.row, p.error, p.data
    FROM jsonb_to_recordset(problems) AS p ("row" integer, error text, data jsonb);
    RETURN QUERY SELECT job.id, job.run, job.place, false;
END $$;

-- Makes participants of the next rows of a file, and gives those that were made: one whose username
-- somebody has got in the meantime is noted as wrong. All of it happens or nothing, and
-- once: refused are rows that are not the next.
CREATE FUNCTION import_rows(wanted uuid, from_place integer, accounts jsonb)
RETURNS TABLE (id uuid, username text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    job import_jobs;
    candidate record;
    new_id uuid;
    new_count integer := 0;
BEGIN
    PERFORM app.require_admin();
    SELECT j.* INTO job FROM import_jobs j WHERE j.id = wanted FOR UPDATE;
    IF job.status IS DISTINCT FROM 'running' OR job.place <> from_place THEN
        PERFORM app.refuse(409, 'import-has-moved', 'These rows of the import are done already.');
    END IF;
    FOR candidate IN
        SELECT c.* FROM jsonb_to_recordset(accounts) AS c (
            "row" integer, data jsonb, username text, "passwordHash" text, "displayName" text,
            "teamName" text, school text, days integer, brokers integer)
    LOOP
        BEGIN
            SELECT f.id INTO new_id FROM create_participant(
                candidate.username, candidate."passwordHash", candidate."displayName",
                candidate."teamName", candidate.school, NULL, candidate.days,
                candidate.brokers) AS f;
        EXCEPTION WHEN unique_violation THEN
            INSERT INTO import_errors (import_id, row_number, error, data)
            VALUES (
                wanted, candidate.row, 'Another participant has this username.', candidate.data);
            CONTINUE;
        END;
        PERFORM app.emit('participant.imported', 'participant', new_id, jsonb_build_object(
            'id', new_id, 'username', candidate.username, 'importId', wanted));
        new_count := new_count + 1;
        id := new_id;
        username := candidate.username;
        RETURN NEXT;
    END LOOP;
    UPDATE import_jobs j SET
        place = j.place + jsonb_array_length(accounts), made = j.made + new_count,
        imported = j.imported + new_count, updated_at = app.time()
    WHERE j.id = wanted
    RETURNING j.* INTO job;
    IF job.place >= job.candidates THEN
        UPDATE import_jobs j SET status = 'done', finished_at = app.time() WHERE j.id = wanted;
    END IF;
END $$;

-- Makes the transaction that of the admin who has started a run that is under way, as a queue has no
-- caller of its own. It is nobody's where there is no such run, or he is an admin no more.
CREATE FUNCTION app.begin_import(wanted uuid, wanted_run integer)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT set_config('app.user_id', u.id::text, true), set_config('app.role', u.role, true)
    FROM import_jobs j
    JOIN users u ON u.id = j.started_by
    WHERE j.id = wanted AND j.run = wanted_run AND j.status = 'running'
        AND u.active AND u.role = 'admin';
$$;

-- Notes that the rows of a run are in the bucket.
CREATE FUNCTION ready_import(wanted uuid, wanted_run integer)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE import_jobs SET ready = true
    WHERE id = wanted AND run = wanted_run AND status = 'running';
$$;

-- Ends a run that cannot go on.
CREATE FUNCTION fail_import(wanted uuid, wanted_run integer, reason text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE import_jobs
    SET status = 'failed', failure = reason, finished_at = now(), updated_at = now()
    WHERE id = wanted AND run = wanted_run AND status = 'running';
$$;
