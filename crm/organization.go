package crm

// An organization is a company or an institution that users belong to.
func organizationSchema() Schema {
	return Schema{Resource: Organization, Fields: []Field{
		{Name: "name", Type: Text, Label: in("Name", "Tên", "Denumire", "Nazwa"), Required: true},
		{Name: "status", Type: Choice, Label: in("Status", "Trạng thái", "Stare", "Status")},
		{Name: "domain", Type: Text, Label: in("Domain", "Tên miền", "Domeniu", "Domena")},
		{Name: "email", Type: Email, Label: in("E-mail", "E-mail", "E-mail", "E-mail")},
		{Name: "phone", Type: Phone, Label: in("Phone", "Điện thoại", "Telefon", "Telefon")},
		{Name: "address", Type: Text, Label: in("Address", "Địa chỉ", "Adresă", "Adres")},
		{Name: "city", Type: Text, Label: in("City", "Thành phố", "Oraș", "Miasto")},
		{Name: "country", Type: Text, Label: in("Country", "Quốc gia", "Țară", "Kraj")},
		{Name: "size", Type: Number, Label: in("Employees", "Số nhân viên", "Angajați", "Pracownicy")},
		{Name: "locale", Type: Choice, Label: in("Language", "Ngôn ngữ", "Limbă", "Język"), Choices: []string{"en", "vi", "ro", "pl"}},
		{Name: "owner", Type: Ref, Label: in("Owner", "Người phụ trách", "Responsabil", "Opiekun"), Ref: "member"},
		{Name: "source", Type: Text, Label: in("Source", "Nguồn", "Sursă", "Źródło")},
		{Name: "tags", Type: Tags, Label: in("Tags", "Nhãn", "Etichete", "Etykiety")},
	}}
}
