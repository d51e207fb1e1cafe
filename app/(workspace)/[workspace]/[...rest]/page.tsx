import { notFound } from "next/navigation";

/** An unknown address inside a workspace keeps the frame around it. */
export default function UnknownPage() {
  notFound();
}
