/* Tests/Probes/Echo as a CGI program in C. */
#include <unistd.h>
#include "echo.h"

int main(void) {
    static char body[65536], answer[8192], all[8300];
    const char *stated = getenv("CONTENT_LENGTH");
    long length = stated ? atol(stated) : 0, had = 0;
    if (length < 0 || length >= (long)sizeof body) return 1;
    for (long got; had < length; had += got)
        if ((got = read(0, body + had, length - had)) <= 0) return 1;
    int status = echo(body, answer);
    int size = sprintf(all, "Status: %d %s\r\nContent-Type: application/json\r\n\r\n%s", status,
        status == 200 ? "OK" : "Bad Request", answer);
    return write(1, all, size) != size;
}
