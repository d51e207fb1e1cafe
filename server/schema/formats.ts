import { compileSafeRegex } from "@/server/schema/safe-regex";

/** The formats that are checked; others are taken as remarks. Each pattern here runs in linear time. */
export const FORMATS: Readonly<Record<string, { check: (text: string) => boolean; name: string }>> = {
  date: { check: isDate, name: "a date such as 2026-01-31" },
  time: { check: isTime, name: "a time with offset such as 12:30:00Z" },
  "date-time": { check: isDateTime, name: "a date and time such as 2026-01-31T12:30:00Z" },
  duration: { check: (text) => text.length <= 100 && DURATION.test(text), name: "an ISO 8601 duration such as P1DT2H" },
  email: { check: isEmail, name: "an email address" },
  hostname: { check: isHostname, name: "a host name" },
  ipv4: { check: isIpv4, name: "an IPv4 address" },
  ipv6: { check: isIpv6, name: "an IPv6 address" },
  uri: { check: isUri, name: "an absolute URI" },
  url: { check: isUri, name: "an absolute URI" },
  "uri-reference": { check: (text) => isUriText(text) && URL.canParse(text, "https://base.invalid/"), name: "a URI or relative reference" },
  uuid: { check: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text), name: "a UUID" },
  regex: { check: (text) => compileSafeRegex(text).ok, name: "a regular expression" },
  "json-pointer": { check: (text) => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text), name: "a JSON pointer" },
};

const DURATION = /^P(?!$)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/;

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isTime(text: string): boolean {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])(\d\d):(\d\d))$/i.exec(text);
  if (!match) return false;
  const [, hour, minute, second, sign, offsetHour, offsetMinute] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return false;
  if (Number(second) <= 59) return true;
  // A leap second falls on the last minute of a day in UTC.
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === "-" ? -1 : 1);
  return Number(second) === 60 && (Number(hour) * 60 + Number(minute) - offset + 2_880) % 1_440 === 1_439;
}

function isDateTime(text: string): boolean {
  return /^[\d-]{10}[t ]/i.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at);
  return at > 0 && text.length <= 254 && /^[^\s@"(),:;<>[\\\]]+$/.test(local) && !/^\.|\.\.|\.$/.test(local) && isHostname(text.slice(at + 1));
}

function isHostname(text: string): boolean {
  return text.length <= 253 && text.split(".").every((label) => label.length <= 63 && /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u.test(label));
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  return /^[\da-f:.]{2,45}$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

function isUri(text: string): boolean {
  return isUriText(text) && /^[a-z][a-z\d+.-]*:/i.test(text) && URL.canParse(text);
}

function isUriText(text: string): boolean {
  return text.length <= 65_536 && !/[\s"<>\\^`{|}]/.test(text);
}
