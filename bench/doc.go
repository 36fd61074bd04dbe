// Command bench runs frame servers side by side under one load generator and
// prints medians, ratios and CPU time per message. See README.md.
package main
