# Reads the events of a run of Swift Testing, a line of JSON each, and prints how many cases
# passed and how many failed. A case that started and never ended, as in a crash, failed.

# What a case is known by: its test and, where that has arguments, which they are.
function key(    test, arguments) {
    test = match($0, /"testID":"([^"\\]|\\.)*"/) ? substr($0, RSTART, RLENGTH) : "none"
    arguments = match($0, /"_testCase":\{"displayName":"([^"\\]|\\.)*","id":"([^"\\]|\\.)*"/) \
        ? substr($0, RSTART, RLENGTH) : ""
    return test arguments
}

/"kind":"testCaseStarted"/ { open[key()] = 1 }
/"kind":"testCaseEnded"/ { ended[key()] = 1; delete open[key()] }
/"kind":"issueRecorded"/ && /"isKnown":false/ { failed[key()] = 1 }

END {
    for (name in open) failed[name] = 1
    for (name in failed) failures++
    for (name in ended) if (!(name in failed)) passes++
    print passes + 0, failures + 0
}
