"""What browsers are told: load nothing from elsewhere, run no script that stands in a page."""

from csp.constants import NONE, SELF, UNSAFE_INLINE

from .login import DOAKTE_OIDC_ORIGINS

#: Origins that a form may lead to: browsers ask this of redirects as well, so the provider's login is one.
FORM_TARGETS = [SELF, *("/".join(url.split("/")[:3]) for url in DOAKTE_OIDC_ORIGINS)]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # The viewer's decoders for JPEG 2000 and JBIG2 are WebAssembly.
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": FORM_TARGETS,
        "frame-ancestors": [SELF],
    }
}
#: Wagtail 8 writes scripts into its pages (telepath, choosers), but neither handlers nor styles.
DOAKTE_ADMIN_CSP = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, UNSAFE_INLINE, "'wasm-unsafe-eval'"],
    "script-src-attr": [NONE],
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
#: Nothing here needs any of these.
DOAKTE_PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment "
    "publickey-credentials-get serial usb xr-spatial-tracking".split()
)
