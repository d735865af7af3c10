extension OverlayPage {
    /// Nothing but the panels is opaque, so that OBS shows the picture behind them.
    static let style = """

        :root {
            --ink: #f4f6fb; --dim: #a9b3c9; --panel: rgba(13, 18, 32, .84); --edge: rgba(255, 255, 255, .09);
            --up: #3ddc97; --down: #ff6b7a; --gold: #ffd166;
        }
        * { box-sizing: border-box; margin: 0; padding: 0; }
        html, body { height: 100%; background: transparent; overflow: hidden; }
        body {
            display: grid; grid-template: auto 1fr / 1fr minmax(20rem, 25vw); gap: 1rem; padding: 1.25rem;
            color: var(--ink); font: 500 clamp(14px, 1.05vw, 20px)/1.4 system-ui, "Segoe UI", sans-serif;
            font-variant-numeric: tabular-nums;
        }
        header, aside, #bell, #news li {
            background: var(--panel); border: 1px solid var(--edge); border-radius: .9rem;
            box-shadow: 0 .5rem 1.5rem rgba(0, 0, 0, .3);
        }
        header { display: flex; align-items: center; gap: .7rem; justify-self: start; padding: .55rem 1.1rem; }
        #dot { width: .7rem; height: .7rem; border-radius: 50%; background: var(--dim); }
        .open #dot { background: var(--up); animation: pulse 2s infinite; }
        .closed #dot { background: var(--down); }
        #link { color: var(--gold); font-size: .85em; }
        main { display: flex; flex-direction: column; justify-content: space-between; align-items: center; min-height: 0; }
        aside { grid-area: 1 / 2 / 3 / 3; padding: 1rem 1.1rem; overflow: hidden; align-self: start; max-height: 100%; }
        h1, h2 { font-size: .78em; letter-spacing: .12em; text-transform: uppercase; color: var(--dim); }
        h2 { margin-top: 1.1rem; }
        ol, ul { list-style: none; }
        aside li { display: flex; gap: .6rem; padding: .32rem 0; border-bottom: 1px solid var(--edge); }
        aside li:last-child { border: 0; }
        .rank { width: 1.6em; color: var(--dim); text-align: right; }
        #leaderboard li:first-child .rank, #leaderboard li:first-child .name { color: var(--gold); }
        .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .up { color: var(--up); }
        .down { color: var(--down); }
        #trades { font-size: .9em; }
        #bell { display: flex; align-items: center; gap: 1.2rem; margin: auto; padding: 1.4rem 2.2rem; animation: drop .6s cubic-bezier(.2, 1.4, .4, 1); }
        #bell[hidden] { display: none; }
        #bell svg { width: 3.4rem; flex: none; fill: var(--gold); transform-origin: 50% 10%; animation: swing .5s ease-in-out 6 alternate; }
        #bell p { font-size: 1.7rem; font-weight: 700; max-width: 22em; overflow-wrap: anywhere; }
        #news { align-self: start; max-width: 44rem; margin-top: auto; }
        #news li { margin-top: .6rem; padding: .6rem 1rem; overflow-wrap: anywhere; }
        .new { animation: arrive .5s ease-out; }
        @keyframes pulse { 50% { box-shadow: 0 0 0 .4rem rgba(61, 220, 151, .2); } }
        @keyframes swing { from { transform: rotate(-18deg); } to { transform: rotate(18deg); } }
        @keyframes drop { from { transform: translateY(-3rem) scale(.8); opacity: 0; } }
        @keyframes arrive { from { transform: translateX(-1rem); opacity: 0; } }
        @media (prefers-reduced-motion: reduce) { * { animation: none !important; } }

        """
}
