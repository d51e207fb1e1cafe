import type { OwnSignInMethod } from "@/server/auth/constants";

export const WAY_NAMES: Readonly<Record<OwnSignInMethod, string>> = { password: "Password", link: "Link by mail", passkey: "Passkey", github: "GitHub", google: "Google" };
