// Tests/Probes/Echo as a CGI program in Node.
const body = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { name, quantity = 1 } = body;
const isValid = typeof name === "string" && name.length >= 1 && [...name].length <= 100 &&
  Number.isInteger(quantity) && quantity >= 1 && quantity <= 1000;
const answer = isValid
  ? { greeting: `Hello, ${name}!`, quantity }
  : { error: "Validation failed" };
process.stdout.write(`Status: ${isValid ? "200 OK" : "400 Bad Request"}\r\n` +
  `Content-Type: application/json\r\n\r\n${JSON.stringify(answer)}`);
