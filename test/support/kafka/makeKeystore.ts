import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const password = 'keystore-secret';

/** A broker's key with its self-signed certificate for loopback, and that certificate as clients trust it. */
export interface Keystore {
  readonly file: string;
  readonly password: string;
  readonly ca: string; // PEM
}

/** Makes a keystore in `folder` with the `keytool` that comes with `java`. */
export async function makeKeystore(folder: string, java: string): Promise<Keystore> {
  const keytool = java === 'java' ? 'keytool' : join(dirname(java), 'keytool');
  const file = join(folder, 'broker.p12');
  const certificate = join(folder, 'ca.pem');
  const store = ['-keystore', file, '-storetype', 'PKCS12', '-storepass', password, '-alias', 'broker'];
  const subject = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1', '-validity', '30'];
  await run(keytool, ['-genkeypair', '-keyalg', 'RSA', '-keysize', '2048', ...subject, ...store]);
  await run(keytool, ['-exportcert', '-rfc', '-file', certificate, ...store]);
  return { file, password, ca: await readFile(certificate, 'utf8') };
}
