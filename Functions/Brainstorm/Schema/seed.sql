-- A world worth looking at: two demo accounts and a dozen more participants, ten companies with
-- thirty days of prices, news, an open market, and some trades. It holds for any day, as all
-- times are counted back from now.
--
-- Passwords: admin123 (admin@demo.com), trader123 (trader@demo.com and all other participants).

INSERT INTO users (email, username, name, password_hash, role) VALUES
    ('admin@demo.com', 'admin', 'Demo Admin',
        '$argon2id$v=19$m=19456,t=2,p=1$Ou3YZXoB/pS4mDdMFWRlCQ$uXLI995mUCjDaCzSeJr1kSZ0kQ3Vggrt2iofjmAYQdM',
        'admin');

INSERT INTO users (email, username, name, password_hash, role)
SELECT p.email, p.username, p.name,
    '$argon2id$v=19$m=19456,t=2,p=1$yNsStRkpN3S1bSqG+zvtZg$DYMETzwkdiSX+VxYYNbrN5MWXbfYyoKV1YdEdyHP7N8',
    'participant'
FROM (VALUES
    ('trader@demo.com', 'trader', 'Demo Trader'),
    ('ayu@brainstorm.local', 'ayu', 'Ayu Lestari'),
    ('budi@brainstorm.local', 'budi', 'Budi Santoso'),
    ('citra@brainstorm.local', 'citra', 'Citra Dewi'),
    ('dimas@brainstorm.local', 'dimas', 'Dimas Pratama'),
    ('eka@brainstorm.local', 'eka', 'Eka Putri'),
    ('farhan@brainstorm.local', 'farhan', 'Farhan Hakim'),
    ('gita@brainstorm.local', 'gita', 'Gita Maharani'),
    ('hadi@brainstorm.local', 'hadi', 'Hadi Wijaya'),
    ('indah@brainstorm.local', 'indah', 'Indah Sari'),
    ('joko@brainstorm.local', 'joko', 'Joko Susilo'),
    ('kartika@brainstorm.local', 'kartika', 'Kartika Ningrum'),
    ('lukman@brainstorm.local', 'lukman', 'Lukman Arif')
) AS p (email, username, name);

INSERT INTO participants (user_id, display_name, team_name, school, portfolio_value, days, brokers)
SELECT u.id, u.name,
    (ARRAY['Komodo', 'Garuda', 'Merapi', 'Banyan'])[1 + row_number() OVER w % 4],
    (ARRAY['SMA 1 Jakarta', 'SMA 3 Bandung', 'SMA 5 Surabaya'])[1 + row_number() OVER w % 3],
    1000000, 5, 1
FROM users u
WHERE u.role = 'participant'
WINDOW w AS (ORDER BY u.email);

INSERT INTO companies (
    name, ticker, description, location, current_price, previous_price, market_cap, financials)
SELECT c.name, c.ticker, c.description, c.location,
    -- What it cost a week ago, when most of the trades below were made.
    round((c.price * (1 + 0.07 * sin(ascii(c.ticker) * 7 + ascii(right(c.ticker, 1)))))::numeric, 2),
    NULL, c.price * 1000000,
    jsonb_build_object(
        'revenue', c.price * 40000 || '.00', 'profit', c.price * 6000 || '.00',
        'growth', c.growth, 'marketShare', c.share)
FROM (VALUES
    ('Nusantara Coffee', 'KOPI', 'Roasts what the highlands grow.', 'Bandung', 420, '8.50', '22.00'),
    ('Borneo Timber Tech', 'KAYU', 'Builds towers of laminated wood.', 'Balikpapan', 150, '3.20', '9.10'),
    ('Java Microgrid', 'DAYA', 'Sells sunlight after dark.', 'Semarang', 310, '14.75', '5.60'),
    ('Sunda Shipping', 'KAPL', 'Ships between a thousand islands.', 'Surabaya', 95, '1.10', '31.40'),
    ('Bali Byte', 'BYTE', 'Games for the long ferry.', 'Denpasar', 780, '25.00', '3.30'),
    ('Celebes Cocoa', 'COKL', 'Chocolate from tree to bar.', 'Makassar', 205, '6.40', '12.80'),
    ('Sumatra Spice', 'REMP', 'Pepper, cloves, and nothing else.', 'Medan', 130, '-1.90', '17.20'),
    ('Papua Pearl', 'MTRA', 'Grows pearls in clean water.', 'Sorong', 560, '4.80', '44.00'),
    ('Jakarta Mobility', 'OJEK', 'Two wheels, every corner.', 'Jakarta', 265, '11.30', '28.70'),
    ('Lombok Looms', 'TENN', 'Weaves cloth worth inheriting.', 'Mataram', 88, '2.60', '7.90')
) AS c (name, ticker, description, location, price, growth, share);

INSERT INTO news (title, content, type, price, published_at) VALUES
    ('The market is open', 'Ten companies are listed. Good luck.', 'free', 0, now() - interval '5 days'),
    ('Harvest beats forecasts', 'Nusantara Coffee reports its best crop in ten years.', 'free', 0,
        now() - interval '3 days'),
    ('Ferry strike ends', 'Sunda Shipping returns to its full schedule on Monday.', 'free', 0,
        now() - interval '2 days'),
    ('Inside Bali Byte', 'The next game is late by a quarter; few outside know it.', 'paid', 5000,
        now() - interval '1 day'),
    ('Inside Java Microgrid', 'A contract for forty villages will be announced tomorrow.', 'paid', 7500,
        now() - interval '6 hours'),
    ('Pearls in fashion', 'Paris shows put Papua Pearl on every neck.', 'free', 0, now() - interval '1 hour'),
    ('Tomorrow''s headline', 'This appears by itself tomorrow.', 'free', 0, now() + interval '1 day');

INSERT INTO market_days (day, opened_at, ends_at, closed_at, opened_by)
SELECT d.day, now() - make_interval(days => 4 - d.day), now() - make_interval(days => 4 - d.day) + interval '8 hours',
    now() - make_interval(days => 4 - d.day) + interval '8 hours', u.id
FROM generate_series(1, 3) AS d (day)
CROSS JOIN users u
WHERE u.role = 'admin';
INSERT INTO market_days (day, opened_at, ends_at, opened_by)
SELECT 4, now() - interval '1 hour', now() + interval '7 days', u.id FROM users u WHERE u.role = 'admin';

-- Each participant buys a few companies, through the door that everybody uses.
DO $$
DECLARE
    buyer record;
BEGIN
    FOR buyer IN
        SELECT p.id, p.user_id, c.id AS company_id, (10 * (1 + (p.number * 7 + c.number * c.number * 3) % 23))::integer AS quantity,
            now() - make_interval(mins => (90 - p.number * 3 - c.number)::integer) AS at
        FROM (SELECT id, user_id, row_number() OVER (ORDER BY display_name) AS number
            FROM participants) p
        JOIN (SELECT id, row_number() OVER (ORDER BY ticker) AS number FROM companies) c
            ON (p.number + c.number) % 3 = 0
        ORDER BY at
    LOOP
        PERFORM set_config('app.user_id', buyer.user_id::text, true),
            set_config('app.participant_id', buyer.id::text, true),
            set_config('app.time', buyer.at::text, true);
        PERFORM place_order(buyer.company_id, 'buy', buyer.quantity, NULL);
    END LOOP;
END $$;
SELECT set_config('app.user_id', '', true), set_config('app.participant_id', '', true),
    set_config('app.time', '', true);

-- Prices have moved since. Their history is thirty days, the same in every copy, and ends at the
-- present price; what the statements above left in it goes.
UPDATE companies SET current_price = round(market_cap / 1000000, 2);
DELETE FROM price_history;
INSERT INTO price_history (company_id, price, at)
SELECT c.id,
    round(c.current_price * (1 + 0.04 * sin(d.ago * ascii(c.ticker)) * sqrt(d.ago) / 3)::numeric, 2),
    now() - make_interval(days => d.ago)
FROM companies c
CROSS JOIN generate_series(0, 29) AS d (ago)
ORDER BY d.ago DESC;
UPDATE companies c SET previous_price = h.price
FROM price_history h
WHERE h.company_id = c.id AND h.at::date = (now() - interval '1 day')::date;

INSERT INTO portfolio_snapshots (participant_id, day, value)
SELECT p.id, (now() - make_interval(days => d.ago))::date,
    round(1000000 + (o.portfolio_value - 1000000) * (4 - d.ago) / 4
        + 1500 * sin(d.ago * length(p.display_name))::numeric, 2)
FROM participants p
JOIN portfolios o ON o.participant_id = p.id
CROSS JOIN generate_series(1, 3) AS d (ago);

-- What the seed has done is told to nobody.
UPDATE outbox_events SET published_at = created_at WHERE channel IS NOT NULL;
