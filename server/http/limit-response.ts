import { Response } from "undici";
import { HttpFailure } from "./client";

/** The response with a body that ends in an error beyond `maxBytes`, counted after decompression: a small one may unpack into any size. */
export function limitResponse(response: Response, maxBytes: number): Response {
  if (response.body === null) return response;
  let size = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > maxBytes) controller.error(new HttpFailure("response_too_large", `the answer is larger than ${maxBytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers, url } = response;
  const limited = new Response((response.body as ReadableStream<Uint8Array>).pipeThrough(counted), { status, statusText, headers });
  return Object.defineProperty(limited, "url", { value: url });
}
