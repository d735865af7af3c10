# Warm under FastCGI: POST of JSON to nginx, which passes it to two processes of a function, and to
# two of a C program on libfcgi that does the same. nginx opens a connection a request, as it does
# unless it is told to keep them: a process on libfcgi would serve one kept connection and starve
# others.
for side in "apus .build/release/ProbesEcho" "peer $work/echo-fastcgi"; do
    name=${side%% *}
    spawn-fcgi -s "$work/$name.sock" -M 0666 -b 1024 -F 2 -P "$work/$name.pids" -- \
        "$(realpath "${side#* }")" >/dev/null
    running="$(tr '\n' ' ' <"$work/$name.pids") $running"
done
peer=$((port + 1))
cat >"$work/nginx.conf" <<END
$([ "$(id -u)" != 0 ] || echo "user root;")
daemon off;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.log crit;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $work/nginx-body;
    fastcgi_temp_path $work/nginx-fastcgi;
    proxy_temp_path $work/nginx-proxy;
    uwsgi_temp_path $work/nginx-uwsgi;
    scgi_temp_path $work/nginx-scgi;
    keepalive_requests 1000000;
    fastcgi_param GATEWAY_INTERFACE CGI/1.1;
    fastcgi_param SERVER_PROTOCOL \$server_protocol;
    fastcgi_param SERVER_NAME \$server_name;
    fastcgi_param SERVER_PORT \$server_port;
    fastcgi_param REMOTE_ADDR \$remote_addr;
    fastcgi_param REQUEST_METHOD \$request_method;
    fastcgi_param PATH_INFO \$uri;
    fastcgi_param QUERY_STRING \$query_string;
    fastcgi_param CONTENT_TYPE \$content_type;
    fastcgi_param CONTENT_LENGTH \$content_length;
    server { listen 127.0.0.1:$port; location / { fastcgi_pass unix:$work/apus.sock; } }
    server { listen 127.0.0.1:$peer; location / { fastcgi_pass unix:$work/peer.sock; } }
}
END
serve "http://127.0.0.1:$port/echo" nginx -p "$work" -c "$work/nginx.conf"
for side in $port $peer; do
    curl -fsH 'Content-Type: application/json' -d "$body" "http://127.0.0.1:$side/echo" |
        grep -q '{"greeting":"Hello, Ada!","quantity":3}'
done
export LOAD_BODY="$body"
for connections in 1 64; do
    compare_loads "FastCGI, nginx, $connections connections: C, libfcgi" $connections \
        "http://127.0.0.1:$port/echo" "http://127.0.0.1:$peer/echo" ">=0.8"
done
unset LOAD_BODY
