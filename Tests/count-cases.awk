# Reads the events of a run of Swift Testing, a line of JSON each, and prints how many cases
# passed and how many failed: of a test with arguments each case, of another the test itself. What
# started and never ended, as in a crash, failed.

function member(name) {
    return match($0, "\"" name "\":\"([^\"\\\\]|\\\\.)*\"") \
        ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : ""
}

# What a case is known by: its test and, where that has arguments, which they are.
function key(    arguments) {
    arguments = match($0, /"_testCase":\{"displayName":"([^"\\]|\\.)*","id":"([^"\\]|\\.)*"/) \
        ? substr($0, RSTART, RLENGTH) : ""
    return member("testID") arguments
}

/^\{"kind":"test"/ && /"isParameterized":false/ { alone[member("id")] = 1 }
/"kind":"testCaseStarted"/ || /"kind":"testStarted"/ && member("testID") in alone { open[key()] = 1 }
/"kind":"testCaseEnded"/ || /"kind":"testEnded"/ && member("testID") in alone {
    ended[key()] = 1
    delete open[key()]
}
/"kind":"issueRecorded"/ && /"isKnown":false/ { failed[key()] = 1 }

END {
    for (name in open) failed[name] = 1
    for (name in failed) failures++
    for (name in ended) if (!(name in failed)) passes++
    print passes + 0, failures + 0
}
