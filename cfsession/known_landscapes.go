package cfsession

import "pg-migrate-wizard/internal/origin"

// KnownLandscape is a landscape that SAP lists.
type KnownLandscape struct {
	Region   string
	Name     string // eu10-004.hana.ondemand.com
	Provider Provider
	Location string
}

// API is the address of its Cloud Foundry API.
func (k KnownLandscape) API() string { return "https://api.cf." + k.Name }

// KnownLandscapes are the landscapes to pick from when signing in. Source: SAP
// Help, "Regions and API Endpoints Available for the Cloud Foundry Environment"
// (state August 2026). It is a help for people, not a bound: any other address
// works as well.
var KnownLandscapes = []KnownLandscape{
	{"ap10", "ap10" + origin.SAP, AWS, "Australia (Sydney)"},
	{"ap11", "ap11" + origin.SAP, AWS, "Singapore"},
	{"ap12", "ap12" + origin.SAP, AWS, "South Korea (Seoul)"},
	{"br10", "br10" + origin.SAP, AWS, "Brazil (São Paulo)"},
	{"ca10", "ca10" + origin.SAP, AWS, "Canada (Montreal)"},
	{"eu10", "eu10" + origin.SAP, AWS, "Europe (Frankfurt)"},
	{"eu10", "eu10-002" + origin.SAP, AWS, "Europe (Frankfurt)"},
	{"eu10", "eu10-003" + origin.SAP, AWS, "Europe (Frankfurt)"},
	{"eu10", "eu10-004" + origin.SAP, AWS, "Europe (Frankfurt)"},
	{"eu10", "eu10-005" + origin.SAP, AWS, "Europe (Frankfurt)"},
	{"eu11", "eu11" + origin.SAP, AWS, "Europe (Frankfurt), EU access"},
	{"eu13", "eu13" + origin.SAP, AWS, "Europe (Milan)"},
	{"jp10", "jp10" + origin.SAP, AWS, "Japan (Tokyo)"},
	{"us10", "us10" + origin.SAP, AWS, "US East (Virginia)"},
	{"us10", "us10-001" + origin.SAP, AWS, "US East (Virginia)"},
	{"us10", "us10-002" + origin.SAP, AWS, "US East (Virginia)"},
	{"us11", "us11" + origin.SAP, AWS, "US West (Oregon)"},
	{"ap20", "ap20" + origin.SAP, Azure, "Australia (Sydney)"},
	{"ap21", "ap21" + origin.SAP, Azure, "Singapore"},
	{"br20", "br20" + origin.SAP, Azure, "Brazil"},
	{"ca20", "ca20" + origin.SAP, Azure, "Canada"},
	{"ch20", "ch20" + origin.SAP, Azure, "Switzerland (Zurich)"},
	{"cn20", "cn20" + origin.SAPChina, Azure, "China (North 3)"},
	{"eu20", "eu20" + origin.SAP, Azure, "Europe (Netherlands)"},
	{"eu20", "eu20-001" + origin.SAP, Azure, "Europe (Netherlands)"},
	{"eu20", "eu20-002" + origin.SAP, Azure, "Europe (Netherlands)"},
	{"eu22", "eu22" + origin.SAP, Azure, "Europe (Frankfurt)"},
	{"jp20", "jp20" + origin.SAP, Azure, "Japan (Tokyo)"},
	{"uk20", "uk20" + origin.SAP, Azure, "United Kingdom"},
	{"us20", "us20" + origin.SAP, Azure, "US West (Washington)"},
	{"us21", "us21" + origin.SAP, Azure, "US East (Virginia)"},
	{"ap30", "ap30" + origin.SAP, GoogleCloud, "Australia (Sydney)"},
	{"br30", "br30" + origin.SAP, GoogleCloud, "Brazil (São Paulo)"},
	{"eu30", "eu30" + origin.SAP, GoogleCloud, "Europe (Frankfurt)"},
	{"il30", "il30" + origin.SAP, GoogleCloud, "Israel (Tel Aviv)"},
	{"in30", "in30" + origin.SAP, GoogleCloud, "India (Mumbai)"},
	{"jp30", "jp30" + origin.SAP, GoogleCloud, "Japan (Osaka)"},
	{"jp31", "jp31" + origin.SAP, GoogleCloud, "Japan (Tokyo)"},
	{"sa30", "sa30" + origin.SAP, GoogleCloud, "Saudi Arabia (Dammam), regulated"},
	{"sa31", "sa31" + origin.SAP, GoogleCloud, "Saudi Arabia (Dammam), non-regulated"},
	{"us30", "us30" + origin.SAP, GoogleCloud, "US Central (Iowa)"},
	{"cn40", "cn40" + origin.SAPChina, Alibaba, "China (Shanghai)"},
	{"ae01", "ae01" + origin.SAP, SAP, "United Arab Emirates"},
	{"ap01", "ap01" + origin.SAP, SAP, "Australia"},
	{"eu01", "eu01" + origin.SAP, SAP, "Europe"},
	{"eu02", "eu02" + origin.SAP, SAP, "Europe"},
	{"jp01", "jp01" + origin.SAP, SAP, "Japan"},
	{"us01", "us01" + origin.SAP, SAP, "US"},
	{"us02", "us02" + origin.SAP, SAP, "US"},
}
