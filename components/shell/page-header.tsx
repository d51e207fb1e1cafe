"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { Fragment, useEffect, type ReactNode } from "react";

export interface Crumb {
  label: string;
  href: string;
}

export interface PageHeaderProps {
  crumbs?: readonly Crumb[];
  title: ReactNode;
  /** Beside the title: badges. */
  meta?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

export function PageHeader({ crumbs = [], title, meta, actions, children }: PageHeaderProps) {
  useDocumentTitle([title, ...crumbs.map(({ label }) => label).toReversed()]);
  return (
    <header className="flex flex-col gap-2 border-b px-4 py-3 sm:px-6 sm:py-4">
      {crumbs.length > 0 ? (
        <nav aria-label="Breadcrumb" className="flex flex-wrap items-center gap-1 text-xs text-muted-foreground">
          {crumbs.map(({ label, href }, index) => (
            <Fragment key={href}>
              {index > 0 ? <ChevronRight className="size-3" aria-hidden /> : null}
              <Link href={href} className="max-w-60 truncate rounded-sm hover:text-foreground hover:underline">
                {label}
              </Link>
            </Fragment>
          ))}
        </nav>
      ) : null}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-lg font-semibold break-words sm:text-xl">{title}</h1>
          {meta}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
      {children}
    </header>
  );
}

/** Tabs and bookmarks carry the name of what they show. */
function useDocumentTitle(parts: readonly ReactNode[]): void {
  const text = [...parts.filter((part) => typeof part === "string"), "Millrace"].join(" · ");
  const hasName = typeof parts[0] === "string";
  useEffect(() => {
    if (hasName) document.title = text;
  }, [hasName, text]);
}
