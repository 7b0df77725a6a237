package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"millrace.dev/crm"
)

// country is one country's sample names. Phone numbers are from ranges that its
// regulator keeps for fiction, or that cannot be dialled.
type country struct {
	language, name, currency, phone string
	organization, city, address     string
	given, family                   []string
	provinces                       []string
	// familyFirst writes the family name first, as in Vietnam.
	familyFirst bool
	deals       []string
	tickets     []string
}

var countries = []country{
	{
		language: "en", name: "United Kingdom", currency: "EUR", phone: "+44 7700 900%03d",
		organization: "Harbour & Finch", city: "Bristol", address: "14 Quay Street",
		given:     []string{"Olivia", "George", "Amelia", "Noah", "Isla", "Oscar", "Freya", "Theo", "Maya", "Leo"},
		family:    []string{"Clark", "Bennett", "Hughes", "Foster", "Murray", "Hayes", "Shaw", "Palmer"},
		provinces: []string{"Bristol", "Kent", "Devon"},
		deals:     []string{"Annual maintenance", "Kitchen refit", "Fleet upgrade", "Office move", "Solar roof"},
		tickets:   []string{"Invoice shows the wrong address", "Cannot open the portal", "Delivery arrived late", "Please change my plan"},
	},
	{
		language: "vi", name: "Việt Nam", currency: "VND", phone: "+84 900 000 %03d",
		organization: "Công ty An Phát", city: "Hà Nội", address: "25 Phố Huế",
		given:     []string{"Lan", "Bình", "Mai", "Đức", "Hương", "Tuấn", "Thảo", "Quân", "Ngọc", "Sơn"},
		family:    []string{"Nguyễn Thị", "Trần Văn", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"},
		provinces: []string{"Hà Nội", "Hải Phòng", "Quảng Ninh", "Đà Nẵng", "Cần Thơ"}, familyFirst: true,
		deals:   []string{"Gói bảo trì năm", "Dây chuyền đóng gói", "Phần mềm kế toán", "Nội thất văn phòng", "Điện mặt trời"},
		tickets: []string{"Hóa đơn sai địa chỉ", "Không đăng nhập được", "Giao hàng trễ", "Xin đổi gói dịch vụ"},
	},
	{
		language: "ro", name: "România", currency: "RON", phone: "+40 700 000 %03d",
		organization: "Atelierele Brâncuși", city: "Cluj-Napoca", address: "Strada Memorandumului 8",
		given:     []string{"Ioana", "Ștefan", "Maria", "Andrei", "Țița", "Răzvan", "Ilinca", "Bogdan", "Sânziana", "Mihai"},
		family:    []string{"Popescu", "Ionescu", "Mureșan", "Țurcanu", "Bălan", "Stănescu", "Dumitrașcu", "Rusu"},
		provinces: []string{"Cluj", "Iași", "Timiș", "Brașov"},
		deals:     []string{"Serviciul 1", "Mobilier la comandă", "Revizie anuală", "Licențe soft", "Panouri fotovoltaice"},
		tickets:   []string{"Factura are adresa greșită", "Nu pot intra în cont", "Coletul a întârziat", "Vreau să schimb abonamentul"},
	},
	{
		language: "pl", name: "Polska", currency: "PLN", phone: "+48 500 000 %03d",
		organization: "Zielona Łąka", city: "Łódź", address: "ulica Piotrkowska 77",
		given:     []string{"Zofia", "Łukasz", "Anna", "Michał", "Małgorzata", "Paweł", "Agnieszka", "Święcisław", "Kasia", "Marek"},
		family:    []string{"Wiśniewska", "Kowalska", "Zieliński", "Dąbrowska", "Wójcik", "Kamińska", "Szymański", "Woźniak"},
		provinces: []string{"łódzkie", "mazowieckie", "śląskie", "pomorskie"},
		deals:     []string{"Umowa serwisowa", "Wymiana okien", "System magazynowy", "Meble biurowe", "Instalacja fotowoltaiczna"},
		tickets:   []string{"Błędny adres na fakturze", "Nie mogę się zalogować", "Spóźniona dostawa", "Proszę o zmianę planu"},
	},
}

// person is a made-up person of a country.
type person struct{ full, given, email, phone string }

func (c country) person(r *rand.Rand) person {
	given, family := pick(r, c.given), pick(r, c.family)
	full := given + " " + family
	if c.familyFirst {
		full = family + " " + given
	}
	return person{
		full: full, given: given,
		email: fmt.Sprintf("%s.%s%d@example.com", plain(given), plain(family), r.IntN(900)+100),
		phone: fmt.Sprintf(c.phone, r.IntN(1000)),
	}
}

func (c country) lead(r *rand.Rand) map[string]any {
	p := c.person(r)
	return map[string]any{
		"full_name": p.full, "first_name": p.given, "email": p.email, "phone": p.phone, "locale": c.language,
		"country": c.name, "province": pick(r, c.provinces), "score": r.IntN(100), "status": "new",
		"source": pick(r, []string{"website", "website", "fair", "referral"}),
	}
}

func (c country) deal(r *rand.Rand) map[string]any {
	major := float64(r.IntN(180)+5) * 100
	if c.currency == "VND" {
		major *= 10_000
	}
	return map[string]any{
		"title": pick(r, c.deals), "status": "open", "stage": pick(r, []string{"New", "Offer", "Follow-up"}),
		"amount": crm.Minor(major, c.currency), "currency": c.currency,
	}
}

func (c country) ticket(r *rand.Rand) map[string]any {
	return map[string]any{
		"title": pick(r, c.tickets), "status": "new", "priority": pick(r, []string{"low", "normal", "normal", "high"}),
	}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// plain is a name as the left part of an address: ASCII, lower case, no spaces.
func plain(name string) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' {
			return '.'
		}
		if i := strings.IndexRune(accented, c); i >= 0 {
			return rune(ascii[len([]rune(accented[:i]))])
		}
		if c < 128 {
			return c
		}
		return -1
	}, strings.ToLower(name))
}

const (
	accented = "ăâàáảãạắằẵặấầậđêèéẹếềệễểîíìịỉôơòóọốồộỗợờớưùúụủứừựỹýșşțţąćęłńóśźż"
	ascii    = "aaaaaaaaaaaaaadeeeeeeeeeiiiiioooooooooooouuuuuuuuyyssttacelnoszz"
)
