#pragma once
// libjose, whose headers know no C++. Inside of lib/auth and its tests.

#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

extern "C" {
#include <jose/b64.h>
#include <jose/cfg.h>
#include <jose/jwk.h>
#include <jose/jws.h>
#include <jose/openssl.h>
}
