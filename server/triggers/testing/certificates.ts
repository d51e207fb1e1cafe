import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export interface Certificates {
  folder: string;
  ca: string;
  client: { certificate: string; key: string };
  /** Signed by nobody who is known. */
  stranger: { certificate: string; key: string };
  remove(): void;
}

/** An authority of its own, a server of it at 127.0.0.1 (`server.pem`, `server.key`, `ca.pem` in the folder), one of another name (`elsewhere`), and a client. Needs openssl. */
export function makeCertificates(): Certificates {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-tls-"));
  fs.chmodSync(folder, 0o755);
  const at = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = (name: string) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-keyout", `${name}.key`];
  const root = (name: string, subject: string) => openssl("req", "-x509", ...key(name), "-out", `${name}.pem`, "-days", "2", "-subj", `/CN=${subject}`);
  const signed = (name: string, subject: string, extensions: string) => {
    openssl("req", ...key(name), "-out", `${name}.csr`, "-subj", `/CN=${subject}`);
    fs.writeFileSync(at(`${name}.ext`), extensions);
    openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", `${name}.pem`, "-days", "2", "-extfile", `${name}.ext`);
  };
  root("ca", "Millrace tests");
  signed("server", "broker", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n");
  signed("elsewhere", "broker", "subjectAltName=DNS:elsewhere.example.com\nextendedKeyUsage=serverAuth\n");
  signed("client", "millrace", "extendedKeyUsage=clientAuth\n");
  root("stranger", "nobody");
  for (const file of fs.readdirSync(folder)) fs.chmodSync(at(file), 0o644);
  const read = (name: string) => fs.readFileSync(at(name), "utf8");
  const pair = (name: string) => ({ certificate: read(`${name}.pem`), key: read(`${name}.key`) });
  return { folder, ca: read("ca.pem"), client: pair("client"), stranger: pair("stranger"), remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}
