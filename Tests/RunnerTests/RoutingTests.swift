import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct RoutingTests {
    @Test func `answers under the prefix and under the app's host`() throws {
        let server = try RunningServer()

        let below = try server.send("GET /probes/show/a?x=1")
        let host = try server.send("GET /show/a?x=1\nHost: Probes.LOCALHOST:8787")

        #expect(below.status == 200)
        #expect(below.text.contains(#""path":"/show/a","query":"x=1""#))
        #expect(host.status == 200)
        #expect(host.text.contains(#""path":"/show/a","query":"x=1""#))
    }

    @Test func `says 404 in the app's envelope, and in its own elsewhere`() throws {
        let server = try RunningServer()

        let inApp = try server.send("GET /probes/nothing")
        let outside = try server.send("GET /nothing")
        let own = try server.send("GET /_/nothing")

        #expect(inApp.status == 404)
        #expect(
            inApp.text
                == #"{"success":false,"error":{"code":"not-found","text":"Nothing is at /probes/nothing."}}"#
        )
        #expect(outside.status == 404)
        #expect(outside.text.contains("Probes below /probes and at http://probes.localhost"))
        #expect(own.status == 404)
        #expect(try server.send("GET /").status == 404)
        #expect(try server.send("GET /probes").status == 404)
    }

    @Test func `says that it is healthy`() throws {
        let server = try RunningServer()

        let reply = try server.send("GET /_/health")

        #expect(reply.status == 200)
        #expect(reply.text.hasPrefix(#"{"status":"ok""#))
        #expect(reply["date"]?.hasSuffix(" GMT") == true)
    }

    @Test func `says 405 with the methods that there are`() throws {
        let server = try RunningServer()

        let get = try server.send("DELETE /probes/show/a")
        let post = try server.send("GET /probes/echo")
        let strange = try server.send("PROPFIND /probes/echo")

        #expect(get.status == 405)
        #expect(get["allow"] == "GET, HEAD, OPTIONS")
        #expect(post.status == 405)
        #expect(post["allow"] == "OPTIONS, POST")
        #expect(post.text.contains(#""code":"method-not-allowed""#))
        #expect(strange.status == 405)
    }

    @Test func `answers OPTIONS for a path, and for the server`() throws {
        let server = try RunningServer()

        let path = try server.send("OPTIONS /probes/echo")
        let all = try server.send("OPTIONS *")

        #expect(path.status == 204)
        #expect(path["allow"] == "OPTIONS, POST")
        #expect(path["content-length"] == nil)
        #expect(all.status == 204)
        #expect(all["allow"]?.contains("GET") == true)
    }

    @Test(arguments: WorkerKind.allCases)
    func `HEAD has the fields of GET and no body`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }
        let client = try server.connect()

        try client.write(RunningServer.message("HEAD /probes/large/1000"))
        try client.write(RunningServer.message("GET /probes/large/1000"))
        let head = try client.reply(isHead: true)
        let get = try client.reply()

        #expect(head.status == 200)
        #expect(head["content-length"] == "1000")
        #expect(head["content-type"] == get["content-type"])
        #expect(get.body.count == 1000)
    }

    @Test func `a slash at the end leads to the path without it`() throws {
        let server = try RunningServer()

        let below = try server.send("GET /probes/show/a%20b/?x=1&x=2")
        let host = try server.send("POST /echo/\nHost: probes.localhost", body: [])
        let nowhere = try server.send("GET /probes/nothing/")
        let outside = try server.send("GET //example.com/")

        #expect(below.status == 308)
        #expect(below["location"] == "/probes/show/a%20b?x=1&x=2")
        #expect(host.status == 308)
        #expect(host["location"] == "/echo")
        #expect(nowhere.status == 404)
        #expect(outside.status == 404)
    }

    @Test(arguments: WorkerKind.allCases)
    func `segments are decoded one by one`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }

        let umlaut = try server.send("GET /probes/sh%6Fw/%C3%BC%20%25?q=%zz")

        #expect(umlaut.status == 200)
        #expect(umlaut.text.contains(#""name":"ü %""#))
        #expect(umlaut.text.contains(#""query":"q=%zz""#))
    }

    @Test func `an encoded slash stays within its segment`() throws {
        let server = try RunningServer()

        let reply = try server.send("GET /probes/show/a%2Fb")

        #expect(reply.text.contains(#""path":"/show/a%2Fb""#))
        #expect(reply.text.contains(#""name":"a/b""#))
    }

    @Test(arguments: ["%", "%4", "%zz", "%ff", "a%00b"])
    func `what cannot be decoded is a bad request`(segment: String) throws {
        let server = try RunningServer()

        #expect(try server.send("GET /probes/show/\(segment)").status == 400)
        #expect(try server.send("GET /probes/show/a").status == 200)
    }

    @Test(arguments: WorkerKind.allCases)
    func `repeated keys and fields arrive as they were sent`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }

        let reply = try server.send(
            "GET /probes/show/a?k=1&k=2&&e=\nX-Two: a\nCookie: a=1\nX-Two: b\nX_Two: c\nProxy: d")

        #expect(reply.text.contains(#""query":"k=1&k=2&&e=""#))
        #expect(reply.text.contains(#"["cookie","a=1"]"#))
        let lines =
            switch kind {
            case .warm: #"["x-two","a"],["x-two","b"]"#
            case .cgi: #"["x-two","a, b"]"#
            case .lambda: #"["x-two","a,b"]"#
            }
        #expect(reply.text.contains(lines))
        #expect(!reply.text.contains(#""c""#))
        #expect(!reply.text.contains("proxy"))
    }

    @Test func `two functions on one route are an error that names both`() throws {
        var mounts = RunningServer.mounts
        mounts[1].method = "GET"
        mounts[1].paths = ["/crash/{other}"]

        let error = #expect(throws: RouteConflict.self) { try Router(mounts: mounts) }
        #expect(error?.description.contains("Probes/Crash and Probes/Echo both answer GET") == true)
    }

    @Test func `two apps cannot share a host or a prefix`() throws {
        var mounts = RunningServer.mounts
        mounts[1].app = "Others"

        #expect(throws: InvalidMount.self) { try Router(mounts: mounts) }
    }

    @Test func `a fixed segment wins, and gives way where it lacks the method`() throws {
        var mounts = Array(RunningServer.mounts.prefix(3))
        (mounts[0].method, mounts[0].paths) = ("GET", ["/users/me"])
        (mounts[1].method, mounts[1].paths) = ("GET", ["/users/{id}"])
        (mounts[2].method, mounts[2].paths) = ("PUT", ["/users/{name}"])
        let router = try Router(mounts: mounts)

        func mount(_ method: String, _ path: Substring) -> Int? {
            let place = router.destination(method: method, host: "localhost", path: path)
            return if case .mount(let index, _) = place { index } else { nil }
        }

        #expect(mount("GET", "/probes/users/me") == 0)
        #expect(mount("HEAD", "/probes/users/me") == 0)
        #expect(mount("GET", "/probes/users/7") == 1)
        #expect(mount("PUT", "/probes/users/me") == 2)
        #expect(mount("GET", "/probes/users/") == nil)
    }
}
