-- The world that every fixture of Brainstorm starts from. It is 2026-11-21 09:00 UTC (1795251600000),
-- the second market day is open.
--
-- Users (their tokens: fixture-NAME-xxx…, 43 characters; admin's password is admin123, the others'
-- trader123): 1 admin, 2 trader, 3 other, 4 fresh (has traded nothing), 5 idle (deactivated);
-- the token fixture-expired-… is the trader's, and expired. A participant has his user's number.

SELECT set_config('app.time', '2026-11-21T09:00:00Z', true);

INSERT INTO users (id, email, username, name, password_hash, role, active, created_at, updated_at)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'admin@example.com', 'admin', 'Ada Admin',
        '$argon2id$v=19$m=19456,t=2,p=1$Ou3YZXoB/pS4mDdMFWRlCQ$uXLI995mUCjDaCzSeJr1kSZ0kQ3Vggrt2iofjmAYQdM',
        'admin', true, '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z'),
    ('a0000000-0000-4000-8000-000000000002', 'trader@example.com', 'trader', 'Theo Trader',
        '$argon2id$v=19$m=19456,t=2,p=1$yNsStRkpN3S1bSqG+zvtZg$DYMETzwkdiSX+VxYYNbrN5MWXbfYyoKV1YdEdyHP7N8',
        'participant', true, '2026-11-02T00:00:00Z', '2026-11-02T00:00:00Z'),
    ('a0000000-0000-4000-8000-000000000003', 'other@example.com', 'other', 'Olga Other',
        '$argon2id$v=19$m=19456,t=2,p=1$yNsStRkpN3S1bSqG+zvtZg$DYMETzwkdiSX+VxYYNbrN5MWXbfYyoKV1YdEdyHP7N8',
        'participant', true, '2026-11-03T00:00:00Z', '2026-11-03T00:00:00Z'),
    ('a0000000-0000-4000-8000-000000000004', 'fresh@example.com', 'fresh', 'Finn Fresh',
        '$argon2id$v=19$m=19456,t=2,p=1$yNsStRkpN3S1bSqG+zvtZg$DYMETzwkdiSX+VxYYNbrN5MWXbfYyoKV1YdEdyHP7N8',
        'participant', true, '2026-11-04T00:00:00Z', '2026-11-04T00:00:00Z'),
    ('a0000000-0000-4000-8000-000000000005', 'idle@example.com', 'idle', 'Ida Idle',
        '$argon2id$v=19$m=19456,t=2,p=1$yNsStRkpN3S1bSqG+zvtZg$DYMETzwkdiSX+VxYYNbrN5MWXbfYyoKV1YdEdyHP7N8',
        'participant', false, '2026-11-05T00:00:00Z', '2026-11-05T00:00:00Z');

INSERT INTO sessions (
    id, token_hash, user_id, lifetime, expires_at, ip_address, user_agent, created_at, updated_at)
VALUES
    ('f0000000-0000-4000-8000-000000000001',
        '3d67f2e2613130ba0e127bf233e72433887ba634d67a355f1feb2c3fe1ed08a6', -- fixture-admin
        'a0000000-0000-4000-8000-000000000001', 604800, '2026-11-28T08:00:00Z', '192.0.2.1', 'fixture',
        '2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z'),
    ('f0000000-0000-4000-8000-000000000002',
        'ddc848844544deacabc6f34392bc92c14ce0f8fe771638f5a62b0bfb9c3e5822', -- fixture-trader
        'a0000000-0000-4000-8000-000000000002', 604800, '2026-11-28T08:00:00Z', '192.0.2.2', 'fixture',
        '2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z'),
    ('f0000000-0000-4000-8000-000000000003',
        '83723ce0c2a8107476c30190a0d5dd1bea50caee4b50885b52309e5baba5aa26', -- fixture-other
        'a0000000-0000-4000-8000-000000000003', 604800, '2026-11-28T08:00:00Z', '192.0.2.3', 'fixture',
        '2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z'),
    ('f0000000-0000-4000-8000-000000000004',
        '1f0bd81abe23daca4f0fbffc28686bb35910213cf3027fa555a50ef67ccc6809', -- fixture-fresh
        'a0000000-0000-4000-8000-000000000004', 604800, '2026-11-28T08:00:00Z', '192.0.2.4', 'fixture',
        '2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z'),
    ('f0000000-0000-4000-8000-000000000005',
        '66a55f8bd3cb76b7a50964f2e5c5a8285680c1f0fefd67709e8ad64caa59dd43', -- fixture-idle
        'a0000000-0000-4000-8000-000000000005', 604800, '2026-11-28T08:00:00Z', '192.0.2.5', 'fixture',
        '2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z'),
    ('f0000000-0000-4000-8000-000000000006',
        'fc2b9596cdb381da026aebe4702692c446e4caa5c7d62b92aa96a0da71638539', -- fixture-expired
        'a0000000-0000-4000-8000-000000000002', 604800, '2026-11-20T09:00:00Z', '192.0.2.6', 'fixture',
        '2026-11-13T09:00:00Z', '2026-11-13T09:00:00Z');

INSERT INTO participants (
    id, user_id, display_name, team_name, school, cash_balance, portfolio_value, days, brokers,
    active, created_at, updated_at)
VALUES
    ('b0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000002', 'Theo Trader',
        'Bulls', 'North School', 989500, 1001500, 2, 1, true,
        '2026-11-02T00:00:00Z', '2026-11-02T00:00:00Z'),
    ('b0000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000003', 'Olga Other',
        'Bears', 'South School', 999600, 1000100, 2, 0, true,
        '2026-11-03T00:00:00Z', '2026-11-03T00:00:00Z'),
    ('b0000000-0000-4000-8000-000000000004', 'a0000000-0000-4000-8000-000000000004', 'Finn Fresh',
        NULL, NULL, 1000000, 1000000, 0, 0, true,
        '2026-11-04T00:00:00Z', '2026-11-04T00:00:00Z'),
    ('b0000000-0000-4000-8000-000000000005', 'a0000000-0000-4000-8000-000000000005', 'Ida Idle',
        NULL, NULL, 1000000, 1000000, 0, 0, false,
        '2026-11-05T00:00:00Z', '2026-11-05T00:00:00Z');

-- ACME rose from 100 to 120; BOLT is steady at 50; DUST has no price; GONE is no longer traded.
INSERT INTO companies (
    id, name, ticker, description, financials, location, current_price, previous_price,
    market_cap, active, created_at, updated_at)
VALUES
    ('c0000000-0000-4000-8000-000000000001', 'Acme Works', 'ACME', 'Makes everything.',
        '{"revenue": "1200000.00", "profit": "150000.00", "growth": "12.50", "marketShare": "30.00"}',
        'Jakarta', 120, 100, 12000000, true, '2026-11-01T01:00:00Z', '2026-11-01T01:00:00Z'),
    ('c0000000-0000-4000-8000-000000000002', 'Bolt Energy', 'BOLT', 'Power, at night.', NULL,
        'Bandung', 50, 50, NULL, true, '2026-11-01T02:00:00Z', '2026-11-01T02:00:00Z'),
    ('c0000000-0000-4000-8000-000000000003', 'Dust Mining', 'DUST', NULL, NULL,
        NULL, NULL, NULL, NULL, true, '2026-11-01T03:00:00Z', '2026-11-01T03:00:00Z'),
    ('c0000000-0000-4000-8000-000000000004', 'Gone Ltd', 'GONE', 'Closed.', NULL,
        NULL, 10, 10, NULL, false, '2026-11-01T04:00:00Z', '2026-11-01T04:00:00Z');

DELETE FROM price_history;
INSERT INTO price_history (company_id, price, changed_by, at) VALUES
    ('c0000000-0000-4000-8000-000000000001', 100, 'a0000000-0000-4000-8000-000000000001',
        '2026-11-19T09:00:00Z'),
    ('c0000000-0000-4000-8000-000000000001', 110, 'a0000000-0000-4000-8000-000000000001',
        '2026-11-20T09:00:00Z'),
    ('c0000000-0000-4000-8000-000000000001', 120, 'a0000000-0000-4000-8000-000000000001',
        '2026-11-21T08:00:00Z'),
    ('c0000000-0000-4000-8000-000000000002', 50, NULL, '2026-11-19T09:00:00Z');

INSERT INTO market_days (day, opened_at, ends_at, closed_at, opened_by) VALUES
    (1, '2026-11-20T02:00:00Z', '2026-11-20T10:00:00Z', '2026-11-20T10:00:00Z',
        'a0000000-0000-4000-8000-000000000001'),
    (2, '2026-11-21T02:00:00Z', '2026-11-21T10:00:00Z', NULL,
        'a0000000-0000-4000-8000-000000000001');

INSERT INTO transactions (
    id, participant_id, company_id, type, quantity, price, market_day, created_at)
VALUES
    ('e0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000002',
        'c0000000-0000-4000-8000-000000000001', 'buy', 100, 100, 1, '2026-11-20T03:00:00Z'),
    ('e0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000003',
        'c0000000-0000-4000-8000-000000000002', 'buy', 10, 40, 1, '2026-11-20T04:00:00Z');
INSERT INTO holdings (participant_id, company_id, quantity, avg_cost) VALUES
    ('b0000000-0000-4000-8000-000000000002', 'c0000000-0000-4000-8000-000000000001', 100, 100),
    ('b0000000-0000-4000-8000-000000000003', 'c0000000-0000-4000-8000-000000000002', 10, 40);

-- 1 is free, 2 paid and bought by the trader, 3 paid and bought by nobody, 4 appears tomorrow.
INSERT INTO news (id, title, content, type, price, published_at, created_at, updated_at) VALUES
    ('d0000000-0000-4000-8000-000000000001', 'Market opens', 'Good luck to all.', 'free', 0,
        '2026-11-20T01:00:00Z', '2026-11-20T01:00:00Z', '2026-11-20T01:00:00Z'),
    ('d0000000-0000-4000-8000-000000000002', 'Inside Acme', 'Acme will grow.', 'paid', 500,
        '2026-11-20T02:00:00Z', '2026-11-20T01:00:00Z', '2026-11-20T01:00:00Z'),
    ('d0000000-0000-4000-8000-000000000003', 'Inside Bolt', 'Bolt will shine.', 'paid', 750,
        '2026-11-20T03:00:00Z', '2026-11-20T01:00:00Z', '2026-11-20T01:00:00Z'),
    ('d0000000-0000-4000-8000-000000000004', 'Tomorrow', 'Not yet.', 'free', 0,
        '2026-11-22T01:00:00Z', '2026-11-20T01:00:00Z', '2026-11-20T01:00:00Z');
INSERT INTO news_purchases (participant_id, news_id, price, created_at) VALUES
    ('b0000000-0000-4000-8000-000000000002', 'd0000000-0000-4000-8000-000000000002', 500,
        '2026-11-20T05:00:00Z');

INSERT INTO portfolio_snapshots (participant_id, day, value) VALUES
    ('b0000000-0000-4000-8000-000000000002', '2026-11-19', 1000000),
    ('b0000000-0000-4000-8000-000000000002', '2026-11-20', 1001000),
    ('b0000000-0000-4000-8000-000000000003', '2026-11-20', 1000100);

DELETE FROM outbox_events;
DELETE FROM audit_log;
