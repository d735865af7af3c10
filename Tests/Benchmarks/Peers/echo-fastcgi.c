/* Tests/Probes/Echo as a FastCGI program in C, on libfcgi. */
#include <fcgiapp.h>
#include "echo.h"

int main(void) {
    static char body[65536], answer[8192];
    FCGX_Request request;
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) == 0) {
        const char *stated = FCGX_GetParam("CONTENT_LENGTH", request.envp);
        long length = stated ? atol(stated) : 0;
        if (length < 0 || length >= (long)sizeof body) return 1;
        body[FCGX_GetStr(body, length, request.in)] = 0;
        int status = echo(body, answer);
        FCGX_FPrintF(request.out, "Status: %d %s\r\nContent-Type: application/json\r\n\r\n%s", status,
            status == 200 ? "OK" : "Bad Request", answer);
    }
    return 0;
}
