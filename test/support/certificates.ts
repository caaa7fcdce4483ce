/**
 * TEST KEY, NOT A SECRET. A self-signed certificate for localhost and 127.0.0.1 that only the SMTP server of the tests
 * presents, valid from 2020 to 2120. Node cannot issue certificates itself, so it was made once with openssl (P-256,
 * subjectAltName DNS:localhost,IP:127.0.0.1, basicConstraints CA:TRUE, so that a client can name it as its own root).
 */
export const TEST_CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIIBsDCCAVagAwIBAgIBATAKBggqhkjOPQQDAjAmMSQwIgYDVQQDDBt0cmVhc3Vy
eSB0ZXN0LCBub3QgYSBzZWNyZXQwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEw
MDAwMDBaMCYxJDAiBgNVBAMMG3RyZWFzdXJ5IHRlc3QsIG5vdCBhIHNlY3JldDBZ
MBMGByqGSM49AgEGCCqGSM49AwEHA0IABFKtWyGSSHQhtBrSUqbsVUX8WkfIxnw7
FZQfrHcRjRqiGU8IczXYT0UAyhjUWTkLZQPevzW+u4gxPCqAkrsRgyOjczBxMBoG
A1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8EBTADAQH/MA4GA1Ud
DwEB/wQEAwIChDATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4EFgQUbc6sZ011
S1gc3sSeXA3ZoBZ3gMYwCgYIKoZIzj0EAwIDSAAwRQIgIQqWPlVCYE2+mWcQPo2C
kaXryK8EL0t0jRXfNWKKo70CIQDS3nEcZ8v/rBf7a1zPIfqiC1Lsq9Za7UeCmVxC
Z/riOw==
-----END CERTIFICATE-----
`.trimStart();

/** TEST KEY, NOT A SECRET: the private key that belongs to TEST_CERTIFICATE. */
export const TEST_KEY = `
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFxfiDHcHpN7S6kfn
YTg2j9W2PE+PjoE9Dct9nPLD7M+hRANCAARSrVshkkh0IbQa0lKm7FVF/FpHyMZ8
OxWUH6x3EY0aohlPCHM12E9FAMoY1Fk5C2UD3r81vruIMTwqgJK7EYMj
-----END PRIVATE KEY-----
`.trimStart();
