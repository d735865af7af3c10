// Tests/Probes/Echo as a CGI program in Deno, without its compatibility with Node.
const bytes = new Uint8Array(65536);
let length = 0;
for (let count; (count = Deno.stdin.readSync(bytes.subarray(length))); length += count);
const body = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
const { name, quantity = 1 } = body;
const isValid = typeof name === "string" && name.length >= 1 && [...name].length <= 100 &&
  Number.isInteger(quantity) && quantity >= 1 && quantity <= 1000;
const answer = isValid
  ? { greeting: `Hello, ${name}!`, quantity }
  : { error: "Validation failed" };
Deno.stdout.writeSync(new TextEncoder().encode(
  `Status: ${isValid ? "200 OK" : "400 Bad Request"}\r\n` +
  `Content-Type: application/json\r\n\r\n${JSON.stringify(answer)}`));
