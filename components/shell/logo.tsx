/** The mill wheel. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" className="fill-primary" />
      <g fill="none" strokeWidth="2.4" strokeLinecap="round" className="stroke-primary-foreground">
        <circle cx="16" cy="14" r="6.2" />
        <path d="M16 4.6v18.8M6.6 14h18.8M9.4 7.4l13.2 13.2M22.6 7.4 9.4 20.6" />
        <path d="M4.5 26.6c2.3-1.6 4.6-1.6 6.9 0s4.6 1.6 6.9 0 4.6-1.6 6.9 0" />
      </g>
    </svg>
  );
}
