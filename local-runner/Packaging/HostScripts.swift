/// Scripts of a package, for the shell of the host.
enum HostScripts {
    /// Makes what web servers include of the apps' variables.
    ///
    /// nginx would take a dollar sign of a value for a variable's; `geo` alone takes values as they are.
    static func configure(_ bundle: PackageBundle, servers: String) -> PackageFile {
        let apps = bundle.parts.map { part in
            let names = PackageVariable.all(of: part.functions, in: part.app).map(\.name)
            return "make \(part.app.name) \(names.joined(separator: " "))"
        }
        return PackageFile(
            path: "sbin/configure",
            content: .text(
                configuring + "servers=\"\(servers)\"\n" + apps.joined(separator: "\n") + "\n"),
            mode: 0o755)
    }

    private static let configuring = #"""
        #!/bin/sh
        # Makes etc/APP.nginx.conf and etc/APP.lighttpd.conf of etc/APP.env: the same variables, as
        # these servers read them. Run it as root whenever an env file has changed, then reload
        # the server. All of these files are readable to the one who runs it alone.
        set -eu
        umask 077
        cd "$(dirname "$0")/../etc"

        # make APP NAME...: an app and the variables that its functions declare.
        make() {
            app=$1
            shift
            for name in "$@"; do
                grep -q "^$name=" "$app.env" && continue
                echo "etc/$app.env does not have $name; etc/$app.env.example says what it is." >&2
                exit 1
            done
            for server in $servers; do
                awk -v app="$app" -v names="$*" -v server="$server" '
                    BEGIN { count = split(names, list, " "); for (i in list) wanted[list[i]] = 1 }
                    { at = index($0, "="); name = substr($0, 1, at - 1) }
                    at && name in wanted { value[name] = substr($0, at + 1) }
                    function quoted(text,  result, i, c) {
                        for (i = 1; i <= length(text); i++) {
                            c = substr(text, i, 1)
                            result = result (c == "\"" || c == "\\" && server == "nginx" ? "\\" c : c)
                        }
                        # To lighttpd, a backslash means itself but before a quotation mark.
                        if (server == "lighttpd" && c == "\\") exit 1
                        return "\"" result "\""
                    }
                    END {
                        for (i = 1; i <= count; i++) {
                            name = list[i]
                            if (server == "nginx")
                                print "geo $apus_" app "_" name " { default " quoted(value[name]) "; }"
                            else print "var.apus_" app "_" name " = " quoted(value[name])
                        }
                    }' "$app.env" >"$app.$server.conf.new" || {
                    echo "lighttpd takes no value that ends in a backslash; etc/$app.env has one." >&2
                    rm -f "$app.$server.conf.new" "$app.$server.conf"
                    continue
                }
                mv "$app.$server.conf.new" "$app.$server.conf"
            done
        }

        [ -n "$(ls -- *.env 2>/dev/null)" ] || {
            echo "There is no etc/APP.env yet: copy etc/APP.env.example, and fill it in." >&2
            exit 1
        }

        """#

    /// Takes variables out of an env file, as they stand there.
    static let load = #"""
        # load FILE NAME...: takes variables out of a file, each as it stands there.
        load() {
            file=$1
            shift
            while IFS= read -r line || [ -n "$line" ]; do
                for name in "$@"; do
                    case $line in
                    "$name="*) export "$line" ;;
                    esac
                done
            done <"$file"
        }

        """#

    /// Runs a scheduled function, with its variables.
    static func runScheduled() -> PackageFile {
        PackageFile(
            path: "sbin/run-scheduled",
            content: .text(
                #"""
                #!/bin/sh
                # run-scheduled APP/FUNCTION CRON [NAME...]: runs a scheduled function once. It gets the
                # variables that are named, out of etc/APP.env, and is told its schedule.
                set -eu
                root=$(cd "$(dirname "$0")/.." && pwd)
                function=$1
                schedule=$2
                shift 2

                """# + load + #"""

                    load "$root/etc/${function%%/*}.env" "$@"
                    # Web servers run functions as this user, too.
                    as=
                    [ "$(id -u)" != 0 ] ||
                        as="setpriv --reuid www-data --regid www-data --clear-groups --"
                    answer=$(printf '{"schedule":"%s"}' "$schedule"| $as "$root/bin/$function")
                    case $answer in
                    *'"status":2'*) ;;
                    *)
                        echo "$function: $answer" >&2
                        exit 1
                        ;;
                    esac

                    """#),
            mode: 0o755)
    }
}
