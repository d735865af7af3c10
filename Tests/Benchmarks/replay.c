// Sends HTTP requests that were prepared in a file, each once, and measures: replay PORT CONNECTIONS
// REQUESTS [ANSWERS]. Each connection waits for its answer before it sends its next request, and is kept
// as long as the server keeps it. Prints the seconds that it took, the median latency in ms, and how
// many answers were no success; writes the bodies of the answers, a line each, where that is asked for.
// In REQUESTS each has its length before it, as eight digits.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct request { char *bytes; size_t length; char *answer; double latency; int failed; };
static struct request *requests;
static int count, next, port;

static void fail(const char *what) { perror(what); exit(1); }

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int dial(void) {
    struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    int descriptor = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(descriptor, (void *)&address, sizeof address)) fail("connect");
    return descriptor;
}

static int give(int descriptor, const char *bytes, size_t length) {
    for (ssize_t sent; length; bytes += sent, length -= sent)
        if ((sent = send(descriptor, bytes, length, MSG_NOSIGNAL)) <= 0) return 0;
    return 1;
}

static const char *field(const char *head, const char *name) {
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (!strncasecmp(line + 2, name, strlen(name))) return line + 2 + strlen(name);
    return NULL;
}

// Reads one answer; the body is kept if it is short. Tells whether the connection goes on.
static int take(int descriptor, struct request *request, char *buffer, size_t size) {
    size_t filled = 0;
    char *end = NULL;
    while (!end) {
        ssize_t got = recv(descriptor, buffer + filled, size - 1 - filled, 0);
        if (got <= 0) return -1;
        buffer[filled += got] = 0;
        end = strstr(buffer, "\r\n\r\n");
    }
    *end = 0;
    char *body = end + 4;
    const char *length = field(buffer, "content-length:"), *connection = field(buffer, "connection:");
    request->failed = buffer[9] != '2';
    size_t left = length ? strtoull(length, NULL, 10) : 0, had = filled - (body - buffer);
    int kept = !(connection && strcasestr(connection, "close"));
    if (left < size - (body - buffer)) {
        for (ssize_t got; had < left; had += got)
            if ((got = recv(descriptor, body + had, left - had, 0)) <= 0) return -1;
        request->answer = strndup(body, left);
    } else
        for (ssize_t got; had < left; had += got)
            if ((got = recv(descriptor, buffer, size, 0)) <= 0) return -1;
    return kept;
}

static void *work(void *unused) {
    size_t size = 1 << 20;
    char *buffer = malloc(size);
    int descriptor = dial(), index;
    while ((index = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED)) < count) {
        struct request *request = &requests[index];
        double start = now();
        int kept = give(descriptor, request->bytes, request->length)
            ? take(descriptor, request, buffer, size) : -1;
        request->latency = now() - start;
        if (kept < 0) request->failed = 1;
        if (kept <= 0) { close(descriptor); descriptor = dial(); }
    }
    close(descriptor);
    return unused;
}

static int byLatency(const void *left, const void *right) {
    double difference = ((struct request *)left)->latency - ((struct request *)right)->latency;
    return (difference > 0) - (difference < 0);
}

static void load(const char *path) {
    struct stat status;
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &status)) fail(path);
    char *bytes = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
    if (bytes == MAP_FAILED) fail("mmap");
    for (char *at = bytes; at < bytes + status.st_size; count++) {
        char digits[9] = {0};
        requests = realloc(requests, (count + 1) * sizeof *requests);
        size_t length = strtoull(memcpy(digits, at, 8), NULL, 10);
        requests[count] = (struct request){at + 8, length, NULL, 0, 0};
        at += 8 + length;
    }
}

int main(int argc, char **argv) {
    if (argc < 4) return fputs("replay PORT CONNECTIONS REQUESTS [ANSWERS]\n", stderr), 2;
    port = atoi(argv[1]);
    int connections = atoi(argv[2]), failed = 0;
    load(argv[3]);
    pthread_t threads[connections];
    double start = now();
    for (int index = 0; index < connections; index++) pthread_create(&threads[index], 0, work, 0);
    for (int index = 0; index < connections; index++) pthread_join(threads[index], NULL);
    double seconds = now() - start;
    FILE *answers = argc > 4 ? fopen(argv[4], "w") : NULL;
    for (int index = 0; index < count; index++) {
        failed += requests[index].failed;
        if (answers) fprintf(answers, "%s\n", requests[index].answer ? requests[index].answer : "");
    }
    qsort(requests, count, sizeof *requests, byLatency);
    printf("%.6f %.4f %d\n", seconds, requests[count / 2].latency * 1000, failed);
    return 0;
}
