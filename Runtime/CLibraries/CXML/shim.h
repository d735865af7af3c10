#ifndef APUS_CXML
#define APUS_CXML

#include <libxml/xmlreader.h>

// xmlFree is a variable, which Swift takes for one that anybody may change.
static inline void apus_xml_free(void *memory) {
    xmlFree(memory);
}

#endif
