import "./globals.css";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { ThemeKeeper } from "@/components/theme/theme-keeper";
import { styleScript } from "@/components/theme/style-script";
import { themeScript } from "@/components/theme/theme-script";
import { Toaster } from "@/components/ui/toaster";

export const metadata: Metadata = {
  title: { default: "Millrace", template: "%s · Millrace" },
  description: "Draw workflows, run them durably, watch them run.",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f7fafb" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1317" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Browsers hide the nonce from scripts, so hydration never finds the one that was sent. */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: `${styleScript}${themeScript}` }} />
      </head>
      <body className="min-h-dvh font-sans antialiased">
        <ThemeKeeper />
        {children}
        <Toaster />
      </body>
    </html>
  );
}
