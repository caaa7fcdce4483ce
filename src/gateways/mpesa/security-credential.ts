import { constants, createPublicKey, publicEncrypt, X509Certificate, type KeyObject } from 'node:crypto';

/**
 * The initiator's password as Daraja takes it: RSA with PKCS#1 v1.5 padding under Safaricom's public key, in base64. Its certificate's
 * dates are not looked at: the sandbox's ended in 2016 and is in use. Throws when the PEM holds no key.
 */
export function securityCredential(password: string, pem: string): string {
  const encrypted = publicEncrypt(
    { key: publicKeyIn(pem), padding: constants.RSA_PKCS1_PADDING },
    Buffer.from(password),
  );
  return encrypted.toString('base64');
}

/** The last instant of a certificate; null for a bare key. Throws when the PEM holds no certificate where it says so. */
export const certificateEnds = (pem: string): Date | null =>
  isCertificate(pem) ? new X509Certificate(pem).validToDate : null;

const publicKeyIn = (pem: string): KeyObject =>
  isCertificate(pem) ? new X509Certificate(pem).publicKey : createPublicKey(pem);

const isCertificate = (pem: string): boolean => pem.includes('BEGIN CERTIFICATE');
