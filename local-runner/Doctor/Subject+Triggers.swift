/// What calls a function and when, how long it may take, and what outlives its answer.
extension Subject {
    var timeFindings: [Finding] {
        guard !host.endsSlowFunctions else { return [] }
        return [
            .differs(
                .time,
                "is not ended after \(HostTraits.seconds) seconds: nginx gives up then, or after 60 by itself (fastcgi_read_timeout), and the process goes on",
                do: "Give what it waits for a limit of its own, such as statement_timeout.")
        ]
    }

    var realtimeFindings: [Finding] {
        guard holdsConnections else { return [] }
        guard host.carriesStatus else {
            return [
                .fails(
                    .realtime,
                    "has its clients held by fields of its answer, and only the body is passed on",
                    do: "Run it on another host.")
            ]
        }
        let word = description.isWebSocket ? "WebSockets" : "open connections"
        let direct =
            host.target == .lambda && description.isWebSocket
            ? "; an HTTP API refuses their handshakes" : ""
        return [
            .differs(
                .realtime, "has \(word), which the host does not hold\(direct)",
                do:
                    "Have clients come through Pushpin or Fastly Fanout, with the host as its origin."
            )
        ]
    }

    var triggerFindings: [Finding] {
        get throws {
            switch description.trigger {
            case .route: return []
            case .queue(let queue):
                guard !host.deliversMessages else { return retryFindings(of: queue) }
                return [
                    .fails(
                        .queue,
                        "is run by the queue \(queue.name), whose messages nobody delivers there",
                        do: "Run it at AWS Lambda, or by the local runner.")
                ]
            case .schedule:
                guard let expression = try function.expression(in: app) else { return [] }
                return scheduleFindings(of: expression)
            }
        }
    }

    /// SQS brings a message that failed back when it is visible again, and knows no other delay.
    private func retryFindings(of queue: FunctionDescription.Queue) -> [Finding] {
        let visibility = HostTraits.visibilitySeconds
        guard queue.retryDelay > 0, queue.retryDelay != visibility else { return [] }
        return [
            .differs(
                .queue,
                "wants what failed again after \(queue.retryDelay) seconds, and gets it after \(visibility), the queue's visibility timeout",
                do: "Have it bear that, or change VisibilityTimeout in template.yaml.")
        ]
    }

    private func scheduleFindings(of expression: CronExpression) -> [Finding] {
        do {
            switch host.clock {
            case .crontab:
                _ = try expression.crontab
                return [
                    .differs(
                        .schedule,
                        "is run by cron in the machine's time zone, and again while it still runs",
                        do: "Have the machine in UTC.")
                ]
            case .connector:
                _ = try expression.crontab
                return [
                    .differs(
                        .schedule, "is run by the cron-connector, and again while it still runs",
                        do: "Install the cron-connector beside OpenFaaS.")
                ]
            case .timers:
                _ = try expression.calendarEvents
                return []
            case .eventBridge:
                let isTwo = try expression.eventBridge().count > 1
                let reason =
                    isTwo
                    ? "as \(expression) becomes two schedules, on a day that satisfies both"
                    : "as EventBridge delivers at least once, and again while it still runs"
                return [
                    .differs(
                        .schedule, "may be run twice at a time, \(reason)", do: "Have it bear that."
                    )
                ]
            }
        } catch {
            return [
                .fails(
                    .schedule,
                    "\(error)",
                    do: "Write other days, or run it daily and let it see whether it is the day.")
            ]
        }
    }
}
