export { readSecretFile, removeFile, writeSecretFile } from '../gateways/secret-file.ts';
