// A certified provider of OpenID Connect for development: it signs in whoever is named in its form.
// Usage: node provider.mjs FOLDER PORT REDIRECT_URI, with `oidc-provider` installed in FOLDER.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port, redirectUri] = process.argv.slice(2);
const { resolve } = createRequire(pathToFileURL(`${folder}/`));
const { default: Provider } = await import(pathToFileURL(resolve("oidc-provider")));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "accounts", client_secret: "a secret: of development", redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  cookies: { keys: ["of development"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: !id.startsWith("unverified"), name: id }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
