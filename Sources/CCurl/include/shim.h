// SPDX-License-Identifier: MIT
#ifndef RESONANT_CCURL_H
#define RESONANT_CCURL_H
#include <curl/curl.h>
#endif
