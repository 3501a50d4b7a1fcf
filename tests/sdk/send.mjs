// Sends a few events with Segment's own SDK: node send.mjs ADDRESS KEY
import { Analytics } from "@segment/analytics-node";

const [address, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host: address, flushAt: 4, maxRetries: 2 });
let failed = "";
analytics.on("error", (problem) => { failed = String(problem.reason ?? problem); });
analytics.identify({ userId: "node-1", traits: { email: "Nora@Example.org", plan: "fibre" } });
analytics.track({ userId: "node-1", event: "Order Completed", properties: { revenue: 39.9, currency: "EUR" } });
analytics.page({ userId: "node-1", name: "Prices" });
analytics.track({ anonymousId: "node-anonymous", event: "Plan Viewed" });
await analytics.closeAndFlush();
if (failed) { console.error(failed); process.exit(1); }
