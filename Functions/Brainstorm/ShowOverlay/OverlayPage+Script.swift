extension OverlayPage {
    /// Shows what comes, always as text, in the browsers that OBS comes with.
    ///
    /// A stream connects again by itself and asks for what it has missed; a WebSocket does neither, so
    /// it is opened anew, and the snapshot is fetched again.
    static let script = #"""

        (() => {
            "use strict";
            const parameters = new URLSearchParams(location.search);
            const token = parameters.get("token");
            const byID = (id) => document.getElementById(id);
            const seen = new Set();
            let bellTimer;

            const address = (path) => {
                const url = new URL(path, location.href);
                if (token) url.searchParams.set("token", token);
                return url;
            };

            const element = (name, text, className) => {
                const made = document.createElement(name);
                made.textContent = text;
                if (className) made.className = className;
                return made;
            };

            const link = (text) => { byID("link").textContent = text; };

            const money = (text, digits) => Number(text).toLocaleString("en-US", {
                minimumFractionDigits: digits, maximumFractionDigits: digits,
            });

            const showMarket = (market) => {
                document.body.className = market.status;
                byID("status").textContent = market.status === "open"
                    ? "Market open · day " + market.day : "Market closed";
            };

            const showLeaderboard = (places) => {
                byID("leaderboard").replaceChildren(...places.map((place) => {
                    const row = document.createElement("li");
                    const change = Number(place.returnPercent);
                    row.append(
                        element("span", place.rank, "rank"),
                        element("span", place.displayName || "Somebody", "name"),
                        element("span", money(place.portfolioValue, 0)),
                        element("span", (change >= 0 ? "+" : "") + place.returnPercent + " %",
                            change >= 0 ? "up" : "down"));
                    return row;
                }));
            };

            const add = (list, row, most) => {
                list.prepend(row);
                while (list.children.length > most) list.lastElementChild.remove();
            };

            const addTrade = (trade) => {
                const row = element("li", "", "new");
                const isSale = trade.type === "sell";
                row.append(
                    element("span", trade.displayName || "Somebody", "name"),
                    element("span", (isSale ? "sold " : "bought ") + trade.quantity + " " + trade.ticker,
                        isSale ? "down" : "up"),
                    element("span", money(trade.price, 2)));
                add(byID("trades"), row, 8);
            };

            const addNews = (title) => add(byID("news").firstElementChild, element("li", title, "new"), 3);

            const ring = (text) => {
                clearTimeout(bellTimer);
                byID("bell").hidden = true;
                void byID("bell").offsetWidth;
                byID("told").textContent = text;
                byID("bell").hidden = false;
                bellTimer = setTimeout(() => { byID("bell").hidden = true; }, 9000);
            };

            const refresh = async () => {
                const answer = await fetch(address("api/obs/snapshot"));
                if (!answer.ok) {
                    link((await answer.json()).error);
                    return;
                }
                const snapshot = await answer.json();
                showMarket(snapshot.market);
                showLeaderboard(snapshot.leaderboard);
                byID("trades").replaceChildren();
                snapshot.trades.slice().reverse().forEach(addTrade);
                byID("news").firstElementChild.replaceChildren();
                snapshot.news.slice().reverse().forEach((article) => addNews(article.title));
            };

            const receive = (text) => {
                const event = JSON.parse(text);
                if (event.type === "connected") {
                    link("");
                    showMarket(event.data.market);
                    refresh().catch(() => link("The snapshot cannot be loaded."));
                    return;
                }
                if (event.type === "day_started" || event.type === "day_ended" || !event.eventId) return;
                // What comes twice is shown once.
                if (seen.has(event.eventId)) return;
                seen.add(event.eventId);
                if (seen.size > 1000) seen.delete(seen.values().next().value);
                switch (event.type) {
                case "bell":
                    showMarket({
                        status: event.data.action === "start_day" ? "open" : "closed", day: event.data.day,
                    });
                    ring(event.message);
                    break;
                case "trade": case "trade_notification": addTrade(event.data); break;
                case "leaderboard": case "leaderboard_update": showLeaderboard(event.data.places); break;
                case "news": addNews(event.message); break;
                case "price": addNews(event.message); break;
                }
            };

            const stream = () => {
                const source = new EventSource(address("api/obs/events"));
                for (const type of ["connected", "bell", "trade", "news", "price", "leaderboard"]) {
                    source.addEventListener(type, (event) => receive(event.data));
                }
                source.onerror = () => {
                    if (source.readyState !== EventSource.CLOSED) {
                        link("Reconnecting…");
                        return;
                    }
                    link("The stream was refused; is the token still good?");
                    setTimeout(stream, 15000);
                };
            };

            const socket = () => {
                const url = address("api/ws");
                url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
                const made = new WebSocket(url);
                made.onmessage = (event) => receive(event.data);
                made.onclose = (event) => {
                    link(event.code === 4401 ? "The token is no longer good." : "Reconnecting…");
                    setTimeout(socket, event.code === 4401 ? 15000 : 2000);
                };
            };

            if (parameters.get("transport") === "websocket") socket(); else stream();
        })();

        """#
}
