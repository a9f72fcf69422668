/*
 * Asks OpenSSL whether certificates are valid: one question after the other from the standard input, one answer each to the standard output.
 *
 * Numbers have 32 bits, big-endian. A question is: the time (two numbers); the flags 1 (explicit policy), 2 (mapping inhibited), 4 (anyPolicy inhibited);
 * a count of policies, each a length and a dotted text; a count of anchors, each a length and its DER; a count of candidates likewise; the target likewise.
 * An answer is: 1 or 0; the error of X509_verify_cert, or -1 when the target cannot be read; the depth at which it was found.
 */
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int number(uint32_t *value) {
    unsigned char octets[4];
    if (fread(octets, 1, sizeof octets, stdin) != sizeof octets)
        return 0;
    *value = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
    return 1;
}

static uint32_t expected(void) {
    uint32_t value;
    if (!number(&value))
        exit(2);
    return value;
}

/* The octets behind a length, with a zero at their end; the caller frees them. */
static unsigned char *octets(uint32_t *length) {
    unsigned char *buffer;
    *length = expected();
    buffer = malloc((size_t)*length + 1);
    if (buffer == NULL || fread(buffer, 1, *length, stdin) != *length)
        exit(2);
    buffer[*length] = 0;
    return buffer;
}

static X509 *certificate(void) {
    uint32_t length;
    unsigned char *der = octets(&length);
    const unsigned char *position = der;
    X509 *read = d2i_X509(NULL, &position, (long)length);
    free(der);
    return read;
}

static void answer(int32_t value) {
    const uint32_t bits = (uint32_t)value;
    const unsigned char written[4] = {bits >> 24 & 0xff, bits >> 16 & 0xff, bits >> 8 & 0xff, bits & 0xff};
    fwrite(written, 1, sizeof written, stdout);
}

static void ask(uint32_t high) {
    const time_t at = (time_t)((uint64_t)high << 32 | expected());
    const uint32_t flags = expected();
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *param = X509_VERIFY_PARAM_new();
    STACK_OF(X509) *candidates = sk_X509_new_null();
    X509 *read, *target;
    uint32_t count, length;

    if (store == NULL || context == NULL || param == NULL || candidates == NULL)
        exit(2);
    for (count = expected(); count > 0; count--) {
        unsigned char *policy = octets(&length);
        X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj((const char *)policy, 1));
        free(policy);
    }
    for (count = expected(); count > 0; count--) {
        if ((read = certificate()) != NULL)
            X509_STORE_add_cert(store, read);
        X509_free(read);
    }
    for (count = expected(); count > 0; count--) {
        if ((read = certificate()) != NULL)
            sk_X509_push(candidates, read);
    }
    target = certificate();

    X509_VERIFY_PARAM_set_time(param, at);
    X509_VERIFY_PARAM_set_depth(param, 100);
    /* The anchor need not be a root, and a common name is no host. */
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK
            | (flags & 1 ? X509_V_FLAG_EXPLICIT_POLICY : 0)
            | (flags & 2 ? X509_V_FLAG_INHIBIT_MAP : 0)
            | (flags & 4 ? X509_V_FLAG_INHIBIT_ANY : 0));
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (target == NULL || !X509_STORE_CTX_init(context, store, target, candidates)) {
        answer(0), answer(-1), answer(0);
        X509_VERIFY_PARAM_free(param);
    } else {
        int valid;
        X509_STORE_CTX_set0_param(context, param);
        valid = X509_verify_cert(context) == 1;
        answer(valid);
        answer(X509_STORE_CTX_get_error(context));
        answer(X509_STORE_CTX_get_error_depth(context));
    }
    fflush(stdout);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    sk_X509_pop_free(candidates, X509_free);
    X509_free(target);
}

int main(void) {
    uint32_t high;
    while (number(&high))
        ask(high);
    return 0;
}
