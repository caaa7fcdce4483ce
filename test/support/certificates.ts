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

/**
 * A self-signed certificate with an RSA key of 2048 bits, valid from 2020-01-01 to 2030-01-01 UTC, made once with openssl in place of
 * the one that M-Pesa's passwords are sent under. Nobody has its private key.
 */
export const RSA_CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIICwDCCAagCAQEwDQYJKoZIhvcNAQELBQAwJjEkMCIGA1UEAwwbdHJlYXN1cnkg
dGVzdCwgbm90IGEgc2VjcmV0MB4XDTIwMDEwMTAwMDAwMFoXDTMwMDEwMTAwMDAw
MFowJjEkMCIGA1UEAwwbdHJlYXN1cnkgdGVzdCwgbm90IGEgc2VjcmV0MIIBIjAN
BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsI5XRllmkqRO3BHlDPCgyArGgTZJ
nlVR7ATeSVc6AuIaPQwe09oY3Jy/1n4gO6ait8wdHXWjsZTHlat1ql0QNar0zS96
Ee9QsvEF2D9YV59bDApc6fVGEbYW0wzoMJx1vqhsNSSnwy+zmc0oDoEql4NIIdJA
uBlqFDykuyFXJXo1SIcpgF0plaApD6wzB0Udzr0+IAwnt7poFezWkK4/F7fsv7k9
JV7oAJDIgbJabJ+r8SktDNnrm/+Dv20NB+JoWi8FnuRYTQTc4eb483EVFk5yzRvq
+pV0zrMidWoAiu2qCdO+pYRi8aBatCuC/Ko0nD/ecyPOF6KQrEmMerthlQIDAQAB
MA0GCSqGSIb3DQEBCwUAA4IBAQA3iDbombFEr8F0ds9oGzdIQVx5YCMkDpQ8QJ+Y
U1Hd7D1rTaQzMAt1CQczvyY+Z8pOdFog72BOqrphyji7PIt22tg921whCCJHp1SB
NSMzRaZ9EfeFPPNKb4qs/3OK/EaPOznl/jnPaLtyvW42XvjWIWfM7aovCTj15kLH
vzIqxumdasHN36zrYxHj52lvHKR5kr9VI5DVVyI35vsk/LgCSlyMSN2oIJTAOPzf
//JuBoY59+rIz3HJHsktKXOd3UJ5fgWOnjuqsyjzm3h1XabHzDB7n4T5p5p7fFGN
+5dGKMFjzhuXVKrNxXP/KJxtW9NX2rybKs+3qCCE91Xxe6Xz
-----END CERTIFICATE-----
`.trimStart();
