import FunctionCrypto
import FunctionRuntime

/// The overlay as one page, which needs nothing but the events.
///
/// It is the same for everybody; what differs stands in its address, and only its own script reads
/// that. The policy lets run what has the hash of that script, and nothing else: text that comes in an
/// event is put on the page as text, and could not be a script if it were not.
enum OverlayPage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Brainstorm – live</title>
        <style>\(style)</style>
        </head>
        <body>
        <header>
        <span id="dot" aria-hidden="true"></span>
        <strong id="status">Connecting…</strong>
        <span id="link" role="status"></span>
        </header>
        <main>
        <section id="bell" role="alert" hidden>
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2a2 2 0 0 0-2 2v.6A6 6 0 0 0 6 10.3V15l-2 3h16l-2-3v-4.7a6 6 0 0 0-4-5.7V4a2 2 0 0 0-2-2zm-2.5 17.5a2.5 2.5 0 0 0 5 0z"/></svg>
        <p id="told"></p>
        </section>
        <section id="news" aria-label="News"><ul></ul></section>
        </main>
        <aside>
        <h1>Leaderboard</h1>
        <ol id="leaderboard"></ol>
        <h2>Last trades</h2>
        <ul id="trades"></ul>
        </aside>
        <script>\(script)</script>
        </body>
        </html>

        """

    /// What the page may do (W3C Content Security Policy Level 3).
    ///
    /// `'self'` covers WebSockets of the same host where a browser is recent; the schemes stand for
    /// those that OBS comes with.
    static let policy = [
        "default-src 'none'", "script-src '\(hash(of: script))'", "style-src '\(hash(of: style))'",
        "connect-src 'self' ws: wss:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static func hash(of text: String) -> String {
        "sha256-" + Base64.encode(Hash.sha256.digest(of: text))
    }
}
