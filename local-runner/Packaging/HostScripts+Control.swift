extension HostScripts {
    /// Starts and stops functions at their sockets, by spawn-fcgi.
    static func control(_ bundle: PackageBundle, processes: Int) -> PackageFile {
        let lines = bundle.functions.compactMap { app, function -> String? in
            guard !function.description.paths.isEmpty else { return nil }
            let names = PackageVariable.all(of: function, in: app).map(\.name)
            return (["start \(app.name) \(function.name)"] + names).joined(separator: " ")
        }
        return PackageFile(
            path: "sbin/functions",
            content: .text(
                #"""
                #!/bin/sh
                # functions start|stop: starts each function as a few processes that share a socket, or
                # stops them. PROCESSES says how many, OWNER as whom (root starts them for the web server
                # of Debian), and LOGS where what they say is added to APP.log.
                set -eu
                root=$(cd "$(dirname "$0")/.." && pwd)
                sockets=\#(bundle.sockets)
                processes=${PROCESSES:-\#(processes)}

                """# + load + controlling + lines.joined(separator: "\n") + "\n"),
            mode: 0o755)
    }

    private static let controlling = #"""
        logs=${LOGS:-/var/log/apus}
        owner=${OWNER-www-data}
        [ "$(id -u)" = 0 ] || owner=
        # Functions get nothing of the environment of whoever starts them.
        [ -n "${APUS_CLEAN:-}" ] ||
            exec env -i APUS_CLEAN=1 PATH="$PATH" PROCESSES="$processes" LOGS="$logs" OWNER="$owner" \
                "$0" "$@"

        # stop APP/FUNCTION: nothing where it does not run.
        stop() {
            [ -f "$sockets/$1.pid" ] || return 0
            # shellcheck disable=SC2046
            kill $(tr '\n' ' ' <"$sockets/$1.pid") 2>/dev/null || :
            rm -f "$sockets/$1.pid" "$sockets/$1.sock"
        }

        # start APP FUNCTION NAME...: with these variables of etc/APP.env, and no others.
        start() {
            app=$1 function=$2
            shift 2
            stop "$app/$function"
            [ "$action" = start ] || return 0
            mkdir -p "$sockets/$app" "$logs"
            : >>"$logs/$app.log"
            [ -z "$owner" ] || chown "$owner" "$logs/$app.log"
            (
                load "$root/etc/$app.env" "$@"
                program=$root/bin/$app/$function log=$logs/$app.log
                unset APUS_CLEAN PROCESSES LOGS OWNER
                # It would drop what they say on standard error.
                # shellcheck disable=SC2016,SC2086
                exec spawn-fcgi -s "$sockets/$app/$function.sock" -M 0600 -F "$processes" \
                    -P "$sockets/$app/$function.pid" ${owner:+-u $owner -g $owner} \
                    -- /bin/sh -c 'exec "$0" 2>>"$1"' "$program" "$log" >/dev/null
            )
        }

        action=${1:-}
        case $action in
        start | stop) ;;
        *)
            echo "usage: functions start|stop" >&2
            exit 64
            ;;
        esac

        """#
}
