package cfsession

import "strings"

// KnownLandscape is a landscape that SAP lists.
type KnownLandscape struct {
	Region   string
	Name     string // eu10-004.hana.ondemand.com
	Provider Provider
	Location string
}

// API is the address of its Cloud Foundry API.
func (k KnownLandscape) API() string { return "https://api.cf." + k.Name }

// Domains under which landscapes live; those in China have their own.
const (
	domain      = ".hana.ondemand.com"
	domainChina = ".platform.sapcloud.cn"
)

func domainOf(landscape string) string {
	if strings.HasPrefix(landscape, "cn") {
		return domainChina
	}
	return domain
}

// KnownLandscapes are the landscapes to pick from when signing in. Source: SAP
// Help, "Regions and API Endpoints Available for the Cloud Foundry Environment"
// (state August 2026). It is a help for people, not a bound: any other address
// works as well.
var KnownLandscapes = []KnownLandscape{
	{"ap10", "ap10" + domain, AWS, "Australia (Sydney)"},
	{"ap11", "ap11" + domain, AWS, "Singapore"},
	{"ap12", "ap12" + domain, AWS, "South Korea (Seoul)"},
	{"br10", "br10" + domain, AWS, "Brazil (São Paulo)"},
	{"ca10", "ca10" + domain, AWS, "Canada (Montreal)"},
	{"eu10", "eu10" + domain, AWS, "Europe (Frankfurt)"},
	{"eu10", "eu10-002" + domain, AWS, "Europe (Frankfurt)"},
	{"eu10", "eu10-003" + domain, AWS, "Europe (Frankfurt)"},
	{"eu10", "eu10-004" + domain, AWS, "Europe (Frankfurt)"},
	{"eu10", "eu10-005" + domain, AWS, "Europe (Frankfurt)"},
	{"eu11", "eu11" + domain, AWS, "Europe (Frankfurt), EU access"},
	{"eu13", "eu13" + domain, AWS, "Europe (Milan)"},
	{"jp10", "jp10" + domain, AWS, "Japan (Tokyo)"},
	{"us10", "us10" + domain, AWS, "US East (Virginia)"},
	{"us10", "us10-001" + domain, AWS, "US East (Virginia)"},
	{"us10", "us10-002" + domain, AWS, "US East (Virginia)"},
	{"us11", "us11" + domain, AWS, "US West (Oregon)"},
	{"ap20", "ap20" + domain, Azure, "Australia (Sydney)"},
	{"ap21", "ap21" + domain, Azure, "Singapore"},
	{"br20", "br20" + domain, Azure, "Brazil"},
	{"ca20", "ca20" + domain, Azure, "Canada"},
	{"ch20", "ch20" + domain, Azure, "Switzerland (Zurich)"},
	{"cn20", "cn20" + domainChina, Azure, "China (North 3)"},
	{"eu20", "eu20" + domain, Azure, "Europe (Netherlands)"},
	{"eu20", "eu20-001" + domain, Azure, "Europe (Netherlands)"},
	{"eu20", "eu20-002" + domain, Azure, "Europe (Netherlands)"},
	{"eu22", "eu22" + domain, Azure, "Europe (Frankfurt)"},
	{"jp20", "jp20" + domain, Azure, "Japan (Tokyo)"},
	{"uk20", "uk20" + domain, Azure, "United Kingdom"},
	{"us20", "us20" + domain, Azure, "US West (Washington)"},
	{"us21", "us21" + domain, Azure, "US East (Virginia)"},
	{"ap30", "ap30" + domain, GoogleCloud, "Australia (Sydney)"},
	{"br30", "br30" + domain, GoogleCloud, "Brazil (São Paulo)"},
	{"eu30", "eu30" + domain, GoogleCloud, "Europe (Frankfurt)"},
	{"il30", "il30" + domain, GoogleCloud, "Israel (Tel Aviv)"},
	{"in30", "in30" + domain, GoogleCloud, "India (Mumbai)"},
	{"jp30", "jp30" + domain, GoogleCloud, "Japan (Osaka)"},
	{"jp31", "jp31" + domain, GoogleCloud, "Japan (Tokyo)"},
	{"sa30", "sa30" + domain, GoogleCloud, "Saudi Arabia (Dammam), regulated"},
	{"sa31", "sa31" + domain, GoogleCloud, "Saudi Arabia (Dammam), non-regulated"},
	{"us30", "us30" + domain, GoogleCloud, "US Central (Iowa)"},
	{"cn40", "cn40" + domainChina, Alibaba, "China (Shanghai)"},
	{"ae01", "ae01" + domain, SAP, "United Arab Emirates"},
	{"ap01", "ap01" + domain, SAP, "Australia"},
	{"eu01", "eu01" + domain, SAP, "Europe"},
	{"eu02", "eu02" + domain, SAP, "Europe"},
	{"jp01", "jp01" + domain, SAP, "Japan"},
	{"us01", "us01" + domain, SAP, "US"},
	{"us02", "us02" + domain, SAP, "US"},
}
