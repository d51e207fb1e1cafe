import { createHash, createHmac } from "node:crypto";

export interface AwsKey {
  id: string;
  secret: string;
}

interface Presigned {
  host: string;
  path: string;
  query: Readonly<Record<string, string>>;
  service: string;
  region: string;
  key: AwsKey;
  expiresSeconds: number;
  at: Date;
  payloadHash: string;
}

const EXPIRES_SECONDS = 900;

/** Of Amazon MSK's access control by IAM: a request that is signed in advance, as text. Brokers let AWS check it. */
export function mskToken({ region, key, at = new Date() }: { region: string; key: AwsKey; at?: Date }): string {
  const url = presign({ host: `kafka.${region}.amazonaws.com`, path: "/", query: { Action: "kafka-cluster:Connect" }, service: "kafka-cluster", region, key, expiresSeconds: EXPIRES_SECONDS, at, payloadHash: sha256("") });
  return Buffer.from(`${url}&User-Agent=millrace`).toString("base64url");
}

/** A GET with its signature in the query (AWS Signature Version 4). */
export function presign({ host, path, query, service, region, key, expiresSeconds, at, payloadHash }: Presigned): string {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, "");
  const date = time.slice(0, 8);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const signed = { ...query, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": `${key.id}/${scope}`, "X-Amz-Date": time, "X-Amz-Expires": String(expiresSeconds), "X-Amz-SignedHeaders": "host" };
  const parts = Object.entries(signed).map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort();
  const request = ["GET", path, parts.join("&"), `host:${host}`, "", "host", payloadHash].join("\n");
  const signingKey = [region, service, "aws4_request"].reduce((derived, part) => hmac(derived, part), hmac(`AWS4${key.secret}`, date));
  const signature = hmac(signingKey, ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n")).toString("hex");
  return `https://${host}${path}?${parts.join("&")}&X-Amz-Signature=${signature}`;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** All but unreserved characters (RFC 3986). */
const encoded = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
