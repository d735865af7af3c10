-- Participants as admins see and change them, each with the account with which he signs in.

-- Participants with what of their accounts an admin may see.
CREATE VIEW participant_profiles WITH (security_invoker = true) AS
SELECT
    p.id, p.user_id, u.username, u.email, p.display_name, p.team_name, p.school,
    p.starting_balance, p.cash_balance, o.portfolio_value, p.days, p.brokers, p.active,
    p.created_at, p.updated_at
FROM participants p
JOIN users u ON u.id = p.user_id
JOIN portfolios o ON o.participant_id = p.id;

GRANT SELECT ON participant_profiles TO brainstorm_function;

-- Makes a participant and the account with which he signs in. Nulls take the defaults.
CREATE FUNCTION create_participant(
    new_username text, new_password_hash text, new_display_name text, new_team_name text,
    new_school text, new_starting_balance numeric, new_days integer, new_brokers integer
) RETURNS SETOF participant_profiles
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    balance numeric := coalesce(new_starting_balance, 1000000);
    new_user uuid;
BEGIN
    PERFORM app.require_admin();
    INSERT INTO users AS u (email, username, name, password_hash, role, created_at, updated_at)
    VALUES (
        new_username || '@brainstorm.local', new_username, new_display_name, new_password_hash,
        'participant', app.time(), app.time())
    RETURNING u.id INTO new_user;
    INSERT INTO participants (
        user_id, display_name, team_name, school, starting_balance, cash_balance, portfolio_value,
        days, brokers, created_at, updated_at)
    VALUES (
        new_user, new_display_name, new_team_name, new_school, balance, balance, balance,
        coalesce(new_days, 0), coalesce(new_brokers, 0), app.time(), app.time());
    PERFORM app.emit('user.created', 'user', new_user, jsonb_build_object('id', new_user));
    RETURN QUERY SELECT f.* FROM participant_profiles f WHERE f.user_id = new_user;
END $$;

-- Changes a participant and his account; nulls keep what is. No row where there is none.
--
-- What he started with is the measure of his return, so it stands once he has traded; before, his
-- cash moves with it. An e-mail address that was made from the username follows it.
CREATE FUNCTION update_participant(
    wanted uuid, new_username text, new_password_hash text, new_display_name text,
    new_team_name text, new_school text, new_starting_balance numeric, new_days integer,
    new_brokers integer, new_active boolean
) RETURNS SETOF participant_profiles
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    participant participants;
    raise_by numeric;
BEGIN
    PERFORM app.require_admin();
    SELECT p.* INTO participant FROM participants p WHERE p.id = wanted FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    raise_by := coalesce(new_starting_balance - participant.starting_balance, 0);
    IF raise_by <> 0 AND EXISTS (SELECT FROM transactions t WHERE t.participant_id = wanted) THEN
        PERFORM app.refuse(409, 'has-transactions',
            'The participant has transactions, so the starting balance cannot be changed.');
    END IF;
    IF participant.cash_balance + raise_by < 0 THEN
        PERFORM app.refuse(409, 'insufficient-cash', format(
            'The participant has spent more than a starting balance of %s.',
            round(new_starting_balance, 2)));
    END IF;
    UPDATE users u SET
        username = coalesce(new_username, u.username),
        email = CASE WHEN u.email = u.username || '@brainstorm.local'
            THEN coalesce(new_username, u.username) || '@brainstorm.local' ELSE u.email END,
        name = coalesce(new_display_name, u.name),
        password_hash = coalesce(new_password_hash, u.password_hash),
        active = coalesce(new_active, u.active), updated_at = app.time()
    WHERE u.id = participant.user_id
        AND num_nonnulls(new_username, new_password_hash, new_display_name, new_active) > 0;
    UPDATE participants p SET
        display_name = coalesce(new_display_name, p.display_name),
        team_name = coalesce(new_team_name, p.team_name), school = coalesce(new_school, p.school),
        starting_balance = p.starting_balance + raise_by,
        cash_balance = p.cash_balance + raise_by,
        portfolio_value = p.portfolio_value + raise_by,
        days = coalesce(new_days, p.days), brokers = coalesce(new_brokers, p.brokers),
        active = coalesce(new_active, p.active), updated_at = app.time()
    WHERE p.id = wanted;
    DELETE FROM sessions s
    WHERE s.user_id = participant.user_id
        AND (new_password_hash IS NOT NULL OR NOT new_active);
    RETURN QUERY SELECT f.* FROM participant_profiles f WHERE f.id = wanted;
END $$;

-- Deletes a participant with his account, and gives his name; null where there is none.
--
-- His row is locked before his transactions are looked for, as place_order() locks it: no order
-- comes between, to be deleted with him.
CREATE FUNCTION delete_participant(wanted uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    owner uuid;
    deleted text;
BEGIN
    PERFORM app.require_admin();
    SELECT p.user_id INTO owner FROM participants p WHERE p.id = wanted FOR UPDATE;
    IF EXISTS (SELECT FROM transactions t WHERE t.participant_id = wanted) THEN
        PERFORM app.refuse(409, 'has-transactions',
            'The participant has transactions and cannot be deleted; deactivate the account.');
    END IF;
    DELETE FROM users u WHERE u.id = owner RETURNING u.name INTO deleted;
    RETURN deleted;
END $$;
