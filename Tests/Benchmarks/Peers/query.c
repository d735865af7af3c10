/* The query of BrainstormCheckHealth, by libpq alone: connect to DATABASE_URL, ask, leave. */
#include <postgresql/libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    const char *url = getenv("DATABASE_URL");
    PGconn *connection = PQconnectdb(url ? url : "");
    PGresult *result = PQexecParams(connection, "SELECT", 0, NULL, NULL, NULL, NULL, 0);
    int failed = PQresultStatus(result) != PGRES_TUPLES_OK;
    if (failed) fputs(PQerrorMessage(connection), stderr);
    else puts("{\"status\":200}");
    PQclear(result);
    PQfinish(connection);
    return failed;
}
