import { Lost } from "@/components/shell/lost";

export default function NotFound() {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Lost />
    </main>
  );
}
