# What a packaged function weighs: the stripped release executable, zipped; the largest of
# Brainstorm, and all of them.
mkdir "$work/stripped"
for folder in Functions/Brainstorm/*/; do
    function=Brainstorm$(basename "$folder")
    [ ! -x ".build/release/$function" ] || echo "$function"
done >"$work/functions"
xargs -P "$(nproc)" -I % sh -c "strip -o '$work/stripped/%' .build/release/% &&
    zip -q -9 -j '$work/stripped/%.zip' '$work/stripped/%'" <"$work/functions"
sizes() { stat -c %s "$work"/stripped/*.zip | awk '{ print $1 / 1e6 }' | sort -n; }
row "packaged function, zipped: the largest" "$(sizes | tail -n 1)" - MB max6
row "  all $(wc -l <"$work/functions") functions" \
    "$(sizes | awk '{ all += $1 } END { print all }')" - MB
