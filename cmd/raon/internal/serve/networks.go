package serve

import (
	"fmt"
	"net/netip"
	"strings"
)

// networks is a flag that may be repeated: a network, or a single address.
type networks []netip.Prefix

// Set adds one.
func (n *networks) Set(text string) error {
	p, err := netip.ParsePrefix(text)
	if ip, ipErr := netip.ParseAddr(text); ipErr == nil {
		p, err = netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	if err != nil {
		return fmt.Errorf("want a network such as 10.0.0.0/8")
	}
	*n = append(*n, p.Masked())
	return nil
}

// String is the list, for the help.
func (n *networks) String() string {
	var texts []string
	for _, p := range *n {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, ",")
}

// Type names the value in the help.
func (n *networks) Type() string { return "network" }
